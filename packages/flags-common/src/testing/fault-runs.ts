import assert from "node:assert/strict";
import { readNdjson, SERVER_FAULTS, type FaultPlan } from "./server-faults.js";
import type { Workplace } from "./workplace.js";

const LETTERS = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
const EVERY_CODE = LETTERS.flatMap((one) => LETTERS.map((other) => one + other));

/** One run of a download program that meets all of `SERVER_FAULTS`. */
export interface FaultRun {
  /** How many requests at once. */
  readonly width: number;
  readonly codes: readonly string[];
  /** Of `--timeout` and `--max-time`, in seconds. */
  readonly timeout: string;
  readonly maxTime: string;
}

/** Runs from narrow to as wide as there are codes. */
export const FAULT_RUNS: readonly FaultRun[] = [
  { width: 1, codes: EVERY_CODE.slice(0, SERVER_FAULTS.length), timeout: "1", maxTime: "2" },
  { width: 30, codes: EVERY_CODE.slice(0, 5 * SERVER_FAULTS.length), timeout: "2", maxTime: "4" },
  // So many connections at once take their time.
  { width: 1000, codes: EVERY_CODE, timeout: "6", maxTime: "9" },
];

/** Makes a file, by its path on the server, for each code that has no flag, so that none is missing but by a fault. */
export function filesBeside(flagCodes: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    EVERY_CODE.filter((code) => !flagCodes.includes(code)).map((code) => {
      const cc = code.toLowerCase();
      return [`/flags/${cc}/${cc}.gif`, `GIF89a${"x".repeat(2000)};`];
    }),
  );
}

/**
 * Runs a download program against a server with the rules of a plan.
 *
 * @throws {AssertionError} When a file has not met its fate, or is not accounted for, or something else was left behind.
 */
export async function meetFaults(
  workplace: Workplace,
  { width, codes, timeout, maxTime }: FaultRun,
  plan: FaultPlan,
  { baseUrl, flagCodes }: { readonly baseUrl: string; readonly flagCodes: readonly string[] },
): Promise<void> {
  const limits = ["--timeout", timeout, "--max-time", maxTime];
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
