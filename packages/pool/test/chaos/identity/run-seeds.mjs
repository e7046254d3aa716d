// Runs one program of chance after the other for a kind of executor: `node run-seeds.mjs KIND SEED…`.
// Prints "> seed", then "held"; or what was wrong, and ends with 1.
import { writeSync } from "node:fs";
import "../../lib/clocks.mjs";
import { openKind } from "../../lib/kinds.mjs";
import { IdentityRun } from "./identity-run.mjs";

const [, , kindName, ...seeds] = process.argv;
const kind = openKind(kindName);
const uncaught = [];
process.on("uncaughtException", (error) => uncaught.push(error));

for (const seed of seeds.map(Number)) {
  writeSync(1, `> ${seed}\n`);
  const run = new IdentityRun(seed, kind);
  const complaints = await run.run();
  for (const error of uncaught)
    complaints.push(`uncaught in the program: ${error?.stack ?? error}`);
  if (complaints.length > 0) {
    writeSync(1, `seed ${seed}, ${kindName}: ${run.describe()}\n`);
    for (const complaint of complaints.slice(0, 12)) writeSync(1, `  ${complaint}\n`);
    if (complaints.length > 12) writeSync(1, `  and ${complaints.length - 12} more\n`);
    process.exit(1);
  }
  writeSync(1, "held\n");
}
process.exit(0);
