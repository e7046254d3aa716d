import assert from "node:assert/strict";
import { EXIT_CODES } from "../cli/exit-codes.js";
import { NEVER, NO_LIMITS } from "./patience.js";
import {
  planFaults,
  readNdjson,
  SERVER_FAULTS,
  type Fate,
  type FaultPlan,
  type ServerFault,
} from "./server-faults.js";
import {
  openWorkplace,
  readCounts,
  untilPrinted,
  type ProgramUnderTest,
  type Workplace,
} from "./workplace.js";

const LETTERS = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
const EVERY_CODE = LETTERS.flatMap((one) => LETTERS.map((other) => one + other));

/** One run of a download program that meets faults of `SERVER_FAULTS`. */
export interface FaultRun {
  readonly title: string;
  /** How many requests at once. */
  readonly width: number;
  readonly faults: readonly ServerFault[];
  readonly codes: readonly string[];
  /** Of `--timeout` and `--max-time`, in seconds. */
  readonly timeout: string;
  readonly maxTime: string;
}

/** The faults that a limit ends, or those that none does. */
function faultsOf(limit: Fate["limit"]): readonly ServerFault[] {
  return SERVER_FAULTS.filter(({ fate }: { readonly fate: Fate }) => fate.limit === limit);
}

/** A run in which no limit is met but by faults that meet it on any machine, however slow that is. */
function runsOf(width: number, filesPerFault: number): FaultRun[] {
  const limits = [
    { limit: undefined, title: "no limit", timeout: NEVER, maxTime: NEVER },
    { limit: "timeout", title: "--timeout", timeout: "0.5", maxTime: NEVER },
    { limit: "maxTime", title: "--max-time", timeout: NEVER, maxTime: "1" },
  ] as const;
  return limits.map(({ limit, title, ...rest }) => {
    const faults = faultsOf(limit);
    const codes = EVERY_CODE.slice(0, filesPerFault * faults.length);
    return { title: `${width} wide, what meets ${title}`, width, faults, codes, ...rest };
  });
}

/** Runs from narrow to as wide as there are codes, and one in which all faults are neighbours. */
export const FAULT_RUNS: readonly FaultRun[] = [
  ...runsOf(1, 1),
  {
    title: "30 wide, all together",
    width: 30,
    faults: SERVER_FAULTS,
    codes: EVERY_CODE.slice(0, 3 * SERVER_FAULTS.length),
    // So long that only a machine that stands still would meet them where the server does not.
    timeout: "10",
    maxTime: "20",
  },
  ...runsOf(1000, 20),
];

/** Rules and files for a flag server, as its tests give them. */
export interface ServerOptions {
  readonly port: number;
  readonly listeners: ["LOCAL"];
  readonly rules: readonly {
    readonly match?: { readonly every?: number; readonly codes?: readonly string[] };
    readonly fault: ServerRule;
  }[];
  readonly files?: Readonly<Record<string, string>>;
  readonly profile?: "none";
}

/** What a server does wrong with a request. */
export type ServerRule =
  | FaultPlan["rules"][number]["fault"]
  | { readonly kind: "slow-accept" | "delay"; readonly delay: number };

/** A server of the 194 flags that runs. */
export interface LocalServer extends AsyncDisposable {
  readonly urls: { readonly LOCAL: string };
}

/** What is needed of `@concur/flag-server`, on which this package does not depend. */
export interface FlagServers {
  readonly FLAG_COUNTRY_CODES: readonly string[];
  readonly startFlagServer: (options: ServerOptions) => Promise<
    LocalServer & {
      stats(): {
        readonly LOCAL: { readonly requests: number; readonly peakConcurrentRequests: number };
      };
    }
  >;
  /** In a process of its own. */
  readonly launchFlagServer: (
    options: ServerOptions,
  ) => Promise<LocalServer & { readonly pid: number; readonly exited: Promise<unknown> }>;
}

/** Makes a file, by its path on the server, for each code that has no flag, so that none is missing but by a fault. */
function filesBeside(flagCodes: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    EVERY_CODE.filter((code) => !flagCodes.includes(code)).map((code) => {
      const cc = code.toLowerCase();
      return [`/flags/${cc}/${cc}.gif`, `GIF89a${"x".repeat(2000)};`];
    }),
  );
}

/**
 * Runs a download program against a flag server that does wrong what a run says.
 *
 * @throws {AssertionError} When a file has not met its fate, or is not accounted for, or something else was left behind, or
 *   there were more requests at once than the program was told.
 */
export async function assertMeetsFaults(
  program: ProgramUnderTest,
  run: FaultRun,
  { FLAG_COUNTRY_CODES: flagCodes, startFlagServer }: FlagServers,
): Promise<void> {
  const plan = planFaults(run.codes, run.faults);
  await using server = await startFlagServer({
    port: 0,
    listeners: ["LOCAL"],
    files: filesBeside(flagCodes),
    profile: "none",
    rules: [{ match: { every: 3 }, fault: { kind: "slow-accept", delay: 50 } }, ...plan.rules],
  });
  await using workplace = await openWorkplace(program);
  await meetFaults(workplace, run, plan, { baseUrl: server.urls.LOCAL, flagCodes });
  assert.ok(server.stats().LOCAL.peakConcurrentRequests <= run.width);
}

/**
 * Kills the server of a program in the middle of a run, and starts another one in its place.
 *
 * @throws {AssertionError} When not every flag arrives all the same.
 */
export async function assertOutlivesRestart(
  program: ProgramUnderTest,
  { FLAG_COUNTRY_CODES: flagCodes, launchFlagServer, startFlagServer }: FlagServers,
): Promise<void> {
  const options: Omit<ServerOptions, "port"> = {
    listeners: ["LOCAL"],
    rules: [{ fault: { kind: "delay", delay: 100 } }],
  };
  await using first = await launchFlagServer({ port: 0, ...options });
  const port = Number(new URL(first.urls.LOCAL).port);
  await using workplace = await openWorkplace(program);
  const args = ["-v", "-a", "-m", "20", "--retries", "5", "--base-url", first.urls.LOCAL];
  const running = workplace.start([...args, ...NO_LIMITS]);
  await untilPrinted(running, /^A[A-Z] OK$/m);
  // It stands still meanwhile: how long a server takes to start must not decide how often it is asked in vain.
  running.child.kill("SIGSTOP");
  process.kill(first.pid, "SIGKILL");
  await first.exited;
  await using second = await startFlagServer({ port, ...options });
  running.child.kill("SIGCONT");
  const { exitCode, stdout, stderr } = await running.result;
  assert.deepEqual({ exitCode, stderr }, { exitCode: EXIT_CODES.ok, stderr: "" });
  const { ok, error, notStarted } = readCounts(stdout);
  const expected = { ok: flagCodes.length, error: 0, notStarted: 0 };
  assert.deepEqual({ ok, error, notStarted }, expected);
  assert.ok(second.stats().LOCAL.requests > 0);
  assert.equal((await workplace.files()).length, flagCodes.length);
  assert.equal((await workplace.badFiles()).join(" "), "");
}

async function meetFaults(
  workplace: Workplace,
  { width, codes, timeout, maxTime }: FaultRun,
  plan: FaultPlan,
  { baseUrl, flagCodes }: { readonly baseUrl: string; readonly flagCodes: readonly string[] },
): Promise<void> {
  const limits = ["--timeout", timeout, "--connect-timeout", NEVER, "--max-time", maxTime];
  const run = ["--ndjson", "-m", String(width), "--base-url", baseUrl];
  const { exitCode, signal, stdout, stderr } = await workplace.start([...run, ...limits, ...codes])
    .result;
  assert.deepEqual({ exitCode, signal, stderr }, { exitCode: 1, signal: null, stderr: "" });
  const { records, summary } = readNdjson(stdout);
  plan.check(records);
  const count = (status: string): number =>
    records.filter((record) => record.status === status).length;
  assert.equal(summary["asked"], codes.length);
  const counts = summary["counts"] as Readonly<Record<string, unknown>>;
  const expected = {
    ok: plan.whole.length,
    unchanged: 0,
    notFound: count("notFound"),
    error: count("error"),
    notStarted: 0,
  };
  const counted = Object.keys(expected).map((status) => [status, counts[status]]);
  assert.deepEqual(Object.fromEntries(counted), expected);
  // Nothing else is there: no partial file, and no file of a download that failed.
  const names = plan.whole.map((code) => `${code.toLowerCase()}.gif`);
  assert.equal((await workplace.files()).join(" "), names.sort().join(" "));
  const bad = await workplace.badFiles();
  const badFlags = bad.filter((name) => flagCodes.includes(name.slice(0, 2).toUpperCase()));
  assert.equal(badFlags.join(" "), "");
}
