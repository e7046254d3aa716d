/** Prints a line to stdout. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Prints a line to stderr: what is no part of the result. */
export function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Prints a line with the time of day before it, as `display` in the program of the book. */
export function display(message: string, now = new Date()): void {
  print(`${timestamp(now)} ${message}`);
}

/** Writes the time of day as Python's `strftime('[%H:%M:%S]')`. */
export function timestamp(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `[${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}]`;
}
