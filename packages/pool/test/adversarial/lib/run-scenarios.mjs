// Runs scenarios of a file for one kind of executor, one after the other, and ends with the first that does not hold;
// or lists them all. Before each its title is printed, and after it "held".
import { readdirSync, writeSync } from "node:fs";
import { turn, within } from "../../lib/clocks.mjs";

/** So long everything may take; a slow machine needs a second at most. */
const LIMIT_MS = Number(process.env.CONCUR_HANG_MS ?? 120_000);
const folder = new URL("../cases/", import.meta.url);
const [, , file, kindName, ...titles] = process.argv;
const uncaught = [];
let shared;

if (file === "--list") await list();
else await runAll();

async function list() {
  const all = [];
  for (const name of readdirSync(folder).sort()) {
    const { default: scenarios } = await import(new URL(name, folder));
    // A function is left out of JSON.
    for (const one of scenarios) all.push({ file: name, ...one });
  }
  writeSync(1, JSON.stringify(all));
}

async function runAll() {
  process.on("uncaughtException", (error) => uncaught.push(error));
  const { openKind } = await import("../../lib/kinds.mjs");
  const { default: scenarios } = await import(new URL(file, folder));
  const kind = openKind(kindName);
  for (const title of titles) {
    writeSync(1, `> ${title}\n`);
    const { run } = scenarios.find((one) => one.title === title);
    if (!(await holds(run, kind))) process.exit(1);
    writeSync(1, "held\n");
  }
  if (shared !== undefined) await within(LIMIT_MS, "shutdown()", shared.shutdown());
  process.exit(0);
}

async function holds(run, kind) {
  const executors = [];
  const make = (options) => {
    const executor = kind.make(options);
    executors.push(executor);
    return executor;
  };
  /** For scenarios that do their executor no harm: one worker serves them all. */
  make.shared = () => (shared ??= kind.make({ maxWorkers: 1 }));
  const tools = {
    kind,
    make,
    limitMs: LIMIT_MS,
    outcomes: (calls) => outcomesOf(calls),
  };
  let held = true;
  try {
    await within(LIMIT_MS * 2, "the scenario", Promise.resolve(run(tools)));
    for (const executor of executors) {
      await within(LIMIT_MS, "shutdown()", executor.shutdown());
    }
    await turn();
  } catch (error) {
    held = false;
    report(error);
  }
  for (const error of uncaught) report(error, "uncaught in the program: ");
  return held && uncaught.length === 0;
}

function report(error, before = "") {
  // A scenario may have done anything to errors.
  writeSync(2, `${before}${error?.message ?? String(error)}\n`);
}

/** The outcomes of futures or promises, in their order; rejects when one of them never settles. */
async function outcomesOf(calls) {
  const promises = calls.map((call) => (typeof call.result === "function" ? call.result() : call));
  let open = promises.length;
  for (const promise of promises) {
    const done = () => (open -= 1);
    promise.then(done, done);
  }
  try {
    return await within(LIMIT_MS, "the calls", Promise.allSettled(promises));
  } catch {
    throw new Error(`${open} of ${promises.length} calls never settle`);
  }
}
