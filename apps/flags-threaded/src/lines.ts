/** Asks a thread to end all tries that are under way. */
export const STOP = "stop";

/** Writes a number and a value in one line. */
export function numbered(number: number, value: object): string {
  return `${number} ${JSON.stringify(value)}`;
}

/** Reads lines of {@link numbered}; JSON has no line breaks within. */
export function linesOf<T>(text: string): [number: number, value: T][] {
  return text.split("\n").map((line) => {
    const blank = line.indexOf(" ");
    // The other side of ours wrote it.
    return [Number(line.slice(0, blank)), JSON.parse(line.slice(blank + 1)) as T];
  });
}
