// Prints the table of a results file, with the bars: node report.mjs results/<date>-<commit>.json
import { readFileSync } from "node:fs";
import { renderReport } from "./lib/table.mjs";

const file = process.argv[2];
if (file === undefined) {
  process.stderr.write("Usage: node report.mjs <results file>\n");
  process.exitCode = 2;
} else {
  process.stdout.write(`${renderReport(JSON.parse(readFileSync(file, "utf8")))}\n`);
}
