import { printable } from "../shared/failure-reason.js";
import { maskedText } from "../shared/mask-secrets.js";
import { FileNames, nameOfUrl, plainName } from "./file-name.js";
import type { DownloadItem } from "./item.js";
import { InputError, rawLines } from "./read-list.js";

/** One line that asks for a file, with the name that the next line gives it. */
interface Entry {
  readonly number: number;
  readonly text: string;
  out?: string;
}

/**
 * Makes items of a list of addresses, one in a line; what follows `#` after a blank is a comment. An address that comes
 * twice is fetched once. The file is called as the last part of the address, or as a line behind it says that begins with
 * a blank, as in aria2: `  out=name.gif`; where that is taken, a number is added.
 *
 * A line that is no http or https address is an item with a fault.
 *
 * @param name - The name of the list, for messages.
 * @throws {InputError} When there is no address at all.
 */
export function urlItems(content: string, name: string): DownloadItem[] {
  const names = new FileNames();
  const items = new Map<string, DownloadItem>();
  for (const { number, text, out } of readEntries(content)) {
    const url = addressIn(text);
    if (url === undefined) {
      const shown = printable(maskedText(text));
      const fault = `${name}, line ${number}: not an http address: ${shown}`;
      const key = `line ${number}`;
      items.set(key, { name: key, url: shown, fileName: "", expect: "anything", fault });
      continue;
    }
    const { href } = url;
    const key = out === undefined ? href : `${href} ${out}`;
    if (items.has(key)) continue;
    const fileName = names.take(out === undefined ? nameOfUrl(url) : plainName(out));
    items.set(key, { name: fileName, url: href, fileName, expect: "anything" });
  }
  const all = [...items.values()];
  if (all.every(({ fault }) => fault !== undefined)) {
    throw new InputError(all[0]?.fault ?? `there is no address in ${name}`);
  }
  return all;
}

/** A line that is an address and nothing else, as most are. */
const BARE_ADDRESS = /^https?:[!"$-~]+$/;

function readEntries(content: string): Entry[] {
  const entries: Entry[] = [];
  for (const { number, text } of rawLines(content)) {
    if (BARE_ADDRESS.test(text)) {
      entries.push({ number, text });
      continue;
    }
    const last = entries.at(-1);
    const out = /^\s+out=(.*)$/u.exec(text)?.[1];
    if (out !== undefined && last !== undefined) {
      // No name is as good as no line.
      if (/[^\s./\\]/u.test(out)) last.out = out.trim();
    } else {
      const address = text.replace(/\s#.*$/u, "").trim();
      if (address !== "" && !address.startsWith("#")) entries.push({ number, text: address });
    }
  }
  return entries;
}

function addressIn(text: string): URL | undefined {
  // The parser leaves tabs out: it would make one address of two.
  if (text.includes("\t")) return undefined;
  const url = parsed(text);
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:"))
    return undefined;
  // To set what is not there takes longer than to parse it all.
  if (url.href.includes("#")) url.hash = "";
  return url;
}

function parsed(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
