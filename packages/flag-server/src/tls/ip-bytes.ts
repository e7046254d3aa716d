import { isIPv4 } from "node:net";

/** Gives the 4 or 16 bytes of an address. */
export function ipBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split(".").map(Number));
  // The parser of URLs writes every address in one form: in groups of 16 bits, with one gap at most.
  const [, text = ""] = /^\[(.*)\]$/.exec(new URL(`http://[${address}]`).hostname) ?? [];
  const [left = "", right = ""] = text.split("::");
  const groupsOf = (part: string) => part.split(":").filter((group) => group !== "");
  const [start, end] = [groupsOf(left), groupsOf(right)];
  const gap = Array.from({ length: 8 - start.length - end.length }, () => "0");
  const bytes = Buffer.alloc(16);
  for (const [index, group] of [...start, ...gap, ...end].entries()) {
    bytes.writeUInt16BE(parseInt(group, 16), index * 2);
  }
  return bytes;
}
