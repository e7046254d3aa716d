import { maskedWithin } from "../shared/mask-secrets.js";

/** Most file systems take 255 bytes; some are left for numbers and for the names of temporary files. */
const MAX_NAME_BYTES = 200;
/** What a file is called whose address ends with a slash. */
const DEFAULT_NAME = "index.html";

/** What no file system, terminal or shell should meet; but for the joiners without which some scripts and emoji break. */
const UNWANTED = /[\\/:*?"<>|\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Cn}]|(?![\u200c\u200d])\p{Cf}/gu;
/** Most names are plain as they are: to look at their characters once more would change nothing. */
const PLAIN = /^[A-Za-z0-9_-](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?$/;
/** Devices of Windows, with any ending: what is written to them is no file. */
const DEVICE = /^(con|prn|aux|nul|clock\$|conin\$|conout\$|(com|lpt)[0-9¹²³])[ .]*(\.|$)/i;

/**
 * Makes a file name of a text from outside: one that stays in its folder, is not hidden, means nothing special to any
 * system, and can be written everywhere.
 */
export function plainName(text: string): string {
  if (PLAIN.test(text) && text.length <= MAX_NAME_BYTES) return withoutDevice(text);
  const name = withoutEdges(text.normalize("NFC").replace(UNWANTED, "_"));
  // What is cut off may have hidden another edge.
  const short = withoutEdges(shortened(name));
  return short === "" ? DEFAULT_NAME : withoutDevice(short);
}

function withoutDevice(name: string): string {
  return DEVICE.test(name) ? `_${name}` : name;
}

/** Makes a file name of the last part of an address. */
export function nameOfUrl(url: URL): string {
  const { pathname } = url;
  // It may be an address by itself, with a password that would be printed with every name.
  return plainName(maskedWithin(decoded(pathname.slice(pathname.lastIndexOf("/") + 1))));
}

/** Windows drops blanks and dots at the end; names with a dot in front are hidden, and ours for what is not finished. */
function withoutEdges(name: string): string {
  const inner = name.replace(/[\s.]+$/u, "").replace(/^\s+/u, "");
  return inner.replace(/^\.[\s.]*/u, "_");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Cuts the beginning of a name that is too long, so that its ending stays; between characters, never within one. */
function shortened(name: string): string {
  const characters = Array.from(name);
  let byteLength = Buffer.byteLength(name);
  let cut = 0;
  while (byteLength > MAX_NAME_BYTES) {
    byteLength -= Buffer.byteLength(characters[cut] ?? "");
    cut += 1;
  }
  return characters.slice(cut).join("");
}

/** The names of a run: no two of them are the same on any file system. */
export class FileNames {
  /** For each name as {@link nameKey} gives it, the number that was last put behind it. */
  readonly #inUse = new Map<string, number>();

  /** Takes a name, or that name with a number where it is taken. */
  take(wanted: string): string {
    const key = nameKey(wanted);
    const last = this.#inUse.get(key);
    if (last === undefined) {
      this.#inUse.set(key, 1);
      return wanted;
    }
    const dot = wanted.lastIndexOf(".");
    const [stem, ending] = dot > 0 ? [wanted.slice(0, dot), wanted.slice(dot)] : [wanted, ""];
    let name = wanted;
    let number = last;
    while (this.#inUse.has(nameKey(name))) {
      number += 1;
      name = `${stem}-${number}${ending}`;
    }
    this.#inUse.set(key, number);
    this.#inUse.set(nameKey(name), 1);
    return name;
  }
}

/** Some file systems do not tell A.gif from a.gif, nor one way to write é from the other. */
export function nameKey(name: string): string {
  if (PLAIN.test(name)) return name.toLowerCase();
  return name.normalize("NFKC").toUpperCase().toLowerCase();
}
