// The suites that a broken engine is put to, and how they are run.
import { spawn } from "node:child_process";

const jest = (...paths) => [
  "--experimental-vm-modules",
  "--no-warnings=ExperimentalWarning",
  "node_modules/jest/bin/jest.js",
  "--bail",
  "--silent",
  "--runInBand",
  ...paths,
];
const seeds = (kind, ...numbers) => [
  "--no-warnings",
  "test/chaos/identity/run-seeds.mjs",
  kind,
  ...numbers.map(String),
];
const fuzz = (kind, runs) => [
  "--no-warnings",
  "test/differential/run-differential.mjs",
  kind,
  "1",
  String(runs),
];

/** Each with the parts of the source that it is the first to look at. */
const SUITES = [
  { name: "chaos of identities, threads", args: seeds("threads", 1, 2, 3), for: /engine|streams/ },
  {
    name: "chaos of identities, processes",
    args: seeds("processes", 1),
    for: /engine\/process/,
  },
  {
    name: "chaos of identities, async",
    args: seeds("async", 1, 2, 3, 4),
    for: /local|future|map|internal/,
  },
  { name: "chaos of identities, inline", args: seeds("inline", 1, 2, 3, 4), for: /local|future/ },
  { name: "differential fuzz, threads", args: fuzz("threads", 8), for: /engine|codec/ },
  {
    name: "differential fuzz, processes",
    args: fuzz("processes", 8),
    for: /engine\/(process|shared|worker)/,
  },
  { name: "codec", args: jest("test/unit/codec"), for: /codec/ },
  {
    name: "unit",
    args: jest("test/unit", "--testPathIgnorePatterns", "doc-examples"),
    for: /^src\/(internal|local|[^/]*$)/,
  },
  {
    name: "contract, async and inline",
    args: jest(
      "test/contract/async.test.ts",
      "test/contract/inline.test.ts",
      "test/contract/custom",
    ),
    for: /local|internal|future|map/,
  },
  {
    name: "contract, threads",
    args: jest("test/contract/thread.test.ts"),
    for: /engine|streams|map/,
  },
  {
    name: "contract, processes",
    args: jest("test/contract/process.test.ts"),
    for: /process/,
  },
  { name: "threads", args: jest("test/thread", "test/workers"), for: /engine|streams|codec/ },
  { name: "processes", args: jest("test/process"), for: /process/ },
  {
    name: "programs",
    args: jest("test/integration", "test/chaos/thread-chaos", "test/chaos/process-chaos"),
    for: /engine/,
  },
  { name: "hostile programs", args: jest("test/adversarial"), for: /engine/ },
];

/** The suites with what has been learned of them: how long they take, and how many breakages they found. */
export function makeSuites() {
  return SUITES.map((suite) => ({ ...suite, seconds: 0, kills: 0 }));
}

/** Those that look at a file first, and among them those that find most in the least time. */
export function ordered(suites, file) {
  const worth = (suite) =>
    ((suite.kills + 1) * (suite.for.test(file) ? 8 : 1)) / (suite.seconds + 1);
  return [...suites].sort((one, other) => worth(other) - worth(one));
}

/** Runs a suite in a group of processes of its own, which is ended when its time is up. */
export function runSuite({ args }, folder, limitSeconds) {
  const begun = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: folder,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, CI: "true", CONCUR_HANG_MS: "10000", CONCUR_SHRINK_MS: "1" },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      if (output.length < 20_000) output += text;
    });
  }
  return new Promise((resolve) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      endGroup(child.pid);
    }, limitSeconds * 1000);
    child.on("close", (code) => {
      clearTimeout(timer);
      // Whatever is left of it.
      endGroup(child.pid);
      resolve({ held: code === 0, late, seconds: (performance.now() - begun) / 1000, output });
    });
  });
}

function endGroup(pid) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nothing is left.
  }
}
