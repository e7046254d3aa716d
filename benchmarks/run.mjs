// Measures all contenders, saves results/<date>-<commit>.json and prints the table; --help names the options.
import { loadContender } from "./contenders/index.mjs";
import { commitFacts, loadAverage, machineFacts } from "./lib/machine.mjs";
import { parseOptions, USAGE } from "./lib/options.mjs";
import { killAll } from "./lib/process.mjs";
import { saveResults } from "./lib/results-file.mjs";
import { runSuite } from "./lib/suite.mjs";
import { renderReport } from "./lib/table.mjs";

const USAGE_ERROR = 2;
const progress = (line) => process.stderr.write(`${line}\n`);

async function loadAll(ids) {
  const contenders = {};
  const absent = {};
  for (const id of ids) {
    try {
      contenders[id] = await loadContender(id);
    } catch (error) {
      absent[id] =
        error.code === "ERR_MODULE_NOT_FOUND"
          ? "its package is not installed or not built"
          : String(error.message).split("\n")[0];
      progress(`${id} is not there: ${absent[id]}`);
    }
  }
  return { contenders, absent };
}

async function main(options) {
  const { contenders, absent } = await loadAll(options.contenderIds);
  if (Object.keys(contenders).length === 0) throw new Error("no contender is there");
  const before = loadAverage();
  const start = performance.now();
  const date = new Date().toISOString();
  const cases = await runSuite(options, contenders, progress);
  const results = {
    date,
    ...commitFacts(),
    command: ["node run.mjs", ...process.argv.slice(2)].join(" "),
    seconds: Math.round((performance.now() - start) / 1000),
    options: { quick: options.quick, rounds: options.rounds },
    machine: machineFacts(),
    load: { before, after: loadAverage() },
    contenders: Object.fromEntries(
      Object.values(contenders).map(({ id, name, version, kind }) => [id, { name, version, kind }]),
    ),
    absent,
    cases,
  };
  const file = saveResults(results);
  process.stdout.write(`${renderReport(results)}\n`);
  progress(`saved in ${file}`);
}

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
]) {
  process.once(signal, () => {
    killAll();
    process.exit(code);
  });
}

let options;
try {
  options = parseOptions(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error.message}\n\n${USAGE}\n`);
  process.exitCode = USAGE_ERROR;
}
if (options?.help) process.stdout.write(`${USAGE}\n`);
else if (options !== undefined) await main(options);
