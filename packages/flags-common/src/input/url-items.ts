import { printable } from "../shared/failure-reason.js";
import type { DownloadItem } from "./item.js";
import { InputError, listLines } from "./read-list.js";

/** Most file systems take 255 bytes; some are left for the names of temporary files. */
const MAX_NAME_BYTES = 200;
/** What a file is called whose address ends with a slash. */
const DEFAULT_NAME = "index.html";

/**
 * Makes items of a list of addresses, one in a line. An address that comes twice is fetched once. The file is
 * called as the last part of the address; where that is taken, a number is added.
 *
 * @param name - The name of the list, for messages.
 * @throws {InputError} When a line is no http or https address, or there is none at all.
 */
export function urlItems(content: string, name: string): DownloadItem[] {
  const items = new Map<string, DownloadItem>();
  const namesInUse = new Map<string, number>();
  for (const { number, text } of listLines(content)) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol)) {
      throw new InputError(`${name}, line ${number}: not an http address: ${printable(text)}`);
    }
    url.hash = "";
    if (items.has(url.href)) continue;
    const fileName = freeName(plainName(url), namesInUse);
    items.set(url.href, { name: fileName, url: url.href, fileName, expect: "anything" });
  }
  if (items.size === 0) throw new InputError(`there is no address in ${name}`);
  return [...items.values()];
}

/** A file name without anything that a file system or a terminal could take amiss. */
function plainName(url: URL): string {
  const last = url.pathname.split("/").at(-1) ?? "";
  const decoded = decode(last)
    .replace(/[^\x20-\x7e\xa0-\uffff]|[\\/:*?"<>|]/g, "_")
    // Names with a dot in front are hidden, and used for what is not finished.
    .replace(/^\.+/, "_");
  return shorten(decoded.trim()) || DEFAULT_NAME;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Cuts the beginning of a name that is too long, so that its ending stays. */
function shorten(name: string): string {
  let shorter = name;
  while (Buffer.byteLength(shorter) > MAX_NAME_BYTES) shorter = shorter.slice(1);
  return shorter;
}

/** @param namesInUse - Holds for each name, in lower case, the number that was last put behind it. */
function freeName(wanted: string, namesInUse: Map<string, number>): string {
  const dot = wanted.lastIndexOf(".");
  const [stem, ending] = dot > 0 ? [wanted.slice(0, dot), wanted.slice(dot)] : [wanted, ""];
  // Some file systems do not tell A.gif from a.gif.
  const key = wanted.toLowerCase();
  let name = wanted;
  let number = namesInUse.get(key) ?? 1;
  while (namesInUse.has(name.toLowerCase())) {
    number += 1;
    name = `${stem}-${number}${ending}`;
  }
  namesInUse.set(key, number);
  if (name !== wanted) namesInUse.set(name.toLowerCase(), 1);
  return name;
}
