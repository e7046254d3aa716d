import { existsSync } from "node:fs";
import { test } from "@jest/globals";

/** What some tests need and not every machine has, and whether it is here. */
const here = {
  "needs /proc": existsSync("/proc/self/status"),
  "needs POSIX signals": process.platform !== "win32",
  "needs ulimit": process.platform !== "win32",
} as const;

/**
 * A test where the machine has what it needs. Elsewhere it is shown as pending, and its title ends with the reason, as
 * in `… (skipped: needs /proc)`: no test goes missing without a word.
 */
export function testThat(
  need: keyof typeof here,
  title: string,
  body: () => void | Promise<void>,
): void {
  if (here[need]) test(title, body);
  else test.skip(`${title} (skipped: ${need})`, body);
}
