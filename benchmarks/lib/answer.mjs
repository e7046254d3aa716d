const MARK = "@answer ";

/** Puts an answer into a line of its own, since a library may print something too. */
export function printAnswer(answer) {
  return `\n${MARK}${JSON.stringify(answer)}\n`;
}

/** Finds the answer in the output of a process; undefined when there is none. */
export function parseAnswer(output) {
  const line = output.split("\n").findLast((text) => text.startsWith(MARK));
  return line === undefined ? undefined : JSON.parse(line.slice(MARK.length));
}
