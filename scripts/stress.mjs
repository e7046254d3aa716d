// Runs the tests again and again beside a load, and tells which of them ever failed. See CONTRIBUTING.md.
import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants, setPriority } from "node:os";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, stripVTControlCharacters } from "node:util";
import { busyLoops, nodeOptions, slowDisk } from "./lib/load.mjs";

const HELP = `usage: pnpm test:stress [options] [PATTERN ...]

Runs the test files whose paths match a PATTERN (default: all) in rounds, beside a load.

  --rounds N     how many rounds (default: 2)
  --busy N       busy loops on each core (default: 2)
  --nice N       niceness of the tests, 0 to 19 (default: 0)
  --slow-loop MS the event loop of each program under test stands still so long, again and again
  --slow-disk    the disk of the temporary folder is written and synced without end
  --heap MB      limit of the old space of each program under test
  --workers N    workers of jest
  --logs DIR     where the log of each round is kept (default: stress-logs)
  -h, --help     print this

Exit code: 0 when no test failed in any round, 1 when one did, 2 for wrong arguments.`;

function fail(message) {
  console.error(`${message}; see pnpm test:stress --help`);
  process.exit(2);
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        rounds: { type: "string", default: "2" },
        busy: { type: "string", default: "2" },
        nice: { type: "string", default: "0" },
        "slow-loop": { type: "string" },
        "slow-disk": { type: "boolean", default: false },
        heap: { type: "string" },
        workers: { type: "string" },
        logs: { type: "string", default: "stress-logs" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    return fail(error.message);
  }
}

const { values, positionals } = parse();
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

function wholeNumber(name, least, most) {
  const text = values[name];
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < least || number > most) {
    fail(`--${name} takes a whole number from ${least} to ${most}`);
  }
  return number;
}

const rounds = wholeNumber("rounds", 1, 1000);
const busy = wholeNumber("busy", 0, 64);
const niceness = wholeNumber("nice", 0, constants.priority.PRIORITY_LOW);
const slowLoopMs = wholeNumber("slow-loop", 1, 10_000);
const heapMegabytes = wholeNumber("heap", 32, 65_536);
const workers = wholeNumber("workers", 1, 64);

const root = fileURLToPath(new URL("..", import.meta.url));
const logs = resolve(process.env.INIT_CWD ?? ".", values.logs);
mkdirSync(logs, { recursive: true });
const jest = createRequire(import.meta.url).resolve("jest/bin/jest");
const env = {
  ...process.env,
  NODE_OPTIONS: nodeOptions({ heapMegabytes, slowLoopMs }),
  ...(slowLoopMs === undefined ? {} : { CONCUR_SLOW_LOOP_MS: String(slowLoopMs) }),
};

/** Runs all chosen tests once. @returns What jest says of them; undefined where it could not say anything. */
async function runRound(round) {
  const results = join(logs, `round-${round}.json`);
  const log = createWriteStream(join(logs, `round-${round}.log`));
  const child = spawn(
    process.execPath,
    [
      ...["--experimental-vm-modules", "--no-warnings=ExperimentalWarning", jest],
      ...["--json", `--outputFile=${results}`, "--testTimeout=600000"],
      ...(workers === undefined ? [] : [`--maxWorkers=${workers}`]),
      ...positionals,
    ],
    { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] },
  );
  if (niceness > 0) setPriority(child.pid, niceness);
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  const code = await new Promise((done) => child.once("close", done));
  try {
    return { code, ...JSON.parse(readFileSync(results, "utf8")) };
  } catch {
    return { code, testResults: [], numPassedTests: 0, numFailedTests: 0, numPendingTests: 0 };
  }
}

/** The first line of a message that says something. */
function firstLine(message) {
  const lines = stripVTControlCharacters(message).split("\n");
  return lines.find((line) => line.trim() !== "")?.trim() ?? "";
}

const failures = new Map();
function note(name, message) {
  const known = failures.get(name);
  if (known === undefined) failures.set(name, { count: 1, message: firstLine(message) });
  else known.count += 1;
}

const ends = [];
process.once("exit", () => ends.forEach((end) => end()));
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => process.exit(128 + constants.signals[signal]));
}
ends.push(busyLoops(busy));
if (values["slow-disk"]) ends.push(slowDisk());

console.log(
  `Node ${process.version}, ${rounds} rounds, ${busy} busy loops on each core, niceness ${niceness}` +
    `${slowLoopMs === undefined ? "" : `, loops standing still for ${slowLoopMs} ms`}` +
    `${values["slow-disk"] ? ", slow disk" : ""}` +
    `${heapMegabytes === undefined ? "" : `, heaps of ${heapMegabytes} MB`}`,
);
const totals = { passed: 0, failed: 0, skipped: 0 };
for (let round = 1; round <= rounds; round += 1) {
  const start = Date.now();
  const { code, testResults, ...counts } = await runRound(round);
  for (const { name, message, assertionResults } of testResults) {
    const file = relative(root, name);
    const failed = assertionResults.filter(({ status }) => status === "failed");
    for (const { fullName, failureMessages } of failed) {
      note(`${file}: ${fullName}`, failureMessages[0] ?? "");
    }
    if (failed.length === 0 && assertionResults.length === 0) note(file, message);
  }
  if (code !== 0 && counts.numFailedTests === 0)
    note(`round ${round}`, `jest ended with exit code ${code}`);
  totals.passed += counts.numPassedTests;
  totals.failed += counts.numFailedTests + (counts.numRuntimeErrorTestSuites ?? 0);
  totals.skipped += counts.numPendingTests;
  const seconds = Math.round((Date.now() - start) / 1000);
  console.log(
    `round ${round}: ${counts.numPassedTests} passed, ${counts.numFailedTests} failed, ${seconds} s, exit code ${code}`,
  );
}
for (const [name, { count, message }] of failures) {
  console.log(`\nfailed ${count} of ${rounds} times: ${name}\n  ${message}`);
}
console.log(`\nThe logs are in ${logs}`);
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(failures.size === 0 && totals.passed > 0 ? 0 : 1);
