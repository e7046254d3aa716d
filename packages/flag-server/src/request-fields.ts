import { isIPv6 } from "node:net";

/** What the fields of a request say of the request itself. */
export interface RequestFields {
  /** Whether there is one Host field at most, and a sound one (RFC 9112 3.2). */
  readonly hostIsSound: boolean;
  /** Whether a body follows, of whatever length. */
  readonly hasBody: boolean;
}

/** `uri-host [ ":" port ]` of RFC 9110 7.2, where the host may be empty. */
const HOST = /^(?:\[([^\]]*)\]|(?:[\w\-.~!$&'()*+,;=]|%[0-9a-f]{2})*)(?::\d*)?$/i;
const IP_FUTURE = /^v[0-9a-f]+\.[\w\-.~!$&'()*+,;=:]+$/i;

/** Reads the fields as they came: to make the object of all of them takes Node its time. */
export function readFields(rawHeaders: readonly string[]): RequestFields {
  let hosts = 0;
  let hostIsSound = true;
  let hasBody = false;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    const value = rawHeaders[index + 1] ?? "";
    if (name.length === 4 && name.toLowerCase() === "host") {
      hosts += 1;
      hostIsSound = hosts === 1 && isSoundHost(value);
    } else if (name.length === 14 && name.toLowerCase() === "content-length") {
      hasBody ||= Number(value) > 0;
    } else if (name.length === 17 && name.toLowerCase() === "transfer-encoding") {
      hasBody = true;
    }
  }
  return { hostIsSound, hasBody };
}

let lastSoundHost = "";

function isSoundHost(host: string): boolean {
  // A client sends the same one all the time.
  if (host === lastSoundHost) return true;
  const parts = HOST.exec(host);
  if (parts === null) return false;
  const address = parts[1];
  if (address !== undefined && !isIPv6(address) && !IP_FUTURE.test(address)) return false;
  lastSoundHost = host.length > 300 ? "" : host;
  return true;
}
