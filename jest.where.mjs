/* global describe */
import { readFileSync } from "node:fs";

/**
 * Describes tests that need something of this machine. Where it is missing they are skipped, the title says why, and a
 * line on stderr as well: `skipped: flag-server: its page in a browser (there is no Chromium)`.
 */
export function describeWhere(isThere, title, reason, define) {
  if (isThere) {
    describe(title, define);
    return;
  }
  const { name } = JSON.parse(readFileSync("package.json", "utf8"));
  process.stderr.write(`skipped: ${name}: ${title} (${reason})\n`);
  describe.skip(`${title} (skipped: ${reason})`, define);
}
