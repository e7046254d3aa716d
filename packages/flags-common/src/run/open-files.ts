import { readFileSync } from "node:fs";

/** What Node and its threads open for themselves, and some to spare. */
const OTHERS = 40;
/** A connection, and a file. */
const PER_DOWNLOAD = 2;

/** Tells how many downloads at once this process may open enough files for, from 1; the limit is known on Linux only. */
export function maxDownloads(): number {
  const limit = openFilesLimit();
  return Math.max(1, Math.floor((limit - OTHERS) / PER_DOWNLOAD));
}

function openFilesLimit(): number {
  try {
    const limits = readFileSync("/proc/self/limits", "latin1");
    return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Infinity);
  } catch {
    return Infinity;
  }
}
