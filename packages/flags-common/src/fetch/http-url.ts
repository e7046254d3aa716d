import { printable } from "../shared/failure-reason.js";
import { maskedText } from "../shared/mask-secrets.js";

/**
 * Reads an address.
 *
 * @throws {TypeError} When it is no http or https address. One of our own: Node's may be of another realm.
 */
export function httpUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(`not an http address: ${printable(maskedText(text))}`);
  }
  return url;
}
