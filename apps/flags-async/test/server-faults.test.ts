import { FLAG_COUNTRY_CODES, launchFlagServer, startFlagServer } from "@concur/flag-server";
import type { FaultKind } from "@concur/flag-server";
import {
  planFaults,
  readCounts,
  readNdjson,
  SERVER_FAULTS,
  untilPrinted,
  type ServerFault,
} from "@concur/flags-common/testing";
import { describe, expect, test } from "@jest/globals";
import { openWorkplace } from "./fixtures/harness.js";

const LETTERS = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
const EVERY_CODE = LETTERS.flatMap((one) => LETTERS.map((other) => one + other));
/** A flag for each code, so that none is missing but by a fault. */
const OWN_FILES = Object.fromEntries(
  EVERY_CODE.filter((code) => !FLAG_COUNTRY_CODES.includes(code)).map((code) => {
    const cc = code.toLowerCase();
    return [`/flags/${cc}/${cc}.gif`, `GIF89a${"x".repeat(2000)};`];
  }),
);

describe("flags-async meets everything that a server can do wrong", () => {
  test("the table names every fault of the server", () => {
    // A kind that is missing in either list is found by the compiler.
    const kinds: Record<ServerFault["fault"]["kind"] | "slow-accept", true> = {
      pass: true,
      delay: true,
      status: true,
      reset: true,
      truncate: true,
      drip: true,
      hang: true,
      "content-type": true,
      "wrong-length": true,
      html: true,
      "bad-trailer": true,
      redirect: true,
      gzip: true,
      garbage: true,
      "slow-accept": true,
    } satisfies Record<FaultKind, true>;
    const tried = new Set<string>(SERVER_FAULTS.map(({ fault }) => fault.kind));
    expect([...tried, "slow-accept"].sort()).toEqual(Object.keys(kinds).sort());
  });

  test.each([
    { width: 1, codes: EVERY_CODE.slice(0, SERVER_FAULTS.length), timeout: "1", maxTime: "2" },
    { width: 30, codes: EVERY_CODE.slice(0, 5 * SERVER_FAULTS.length), timeout: "2", maxTime: "4" },
    // So many connections at once take their time.
    { width: 1000, codes: EVERY_CODE, timeout: "6", maxTime: "9" },
  ])(
    "$width wide: each file meets its own fate, and all are accounted for",
    async ({ width, codes, timeout, maxTime }) => {
      const plan = planFaults(codes);
      await using server = await startFlagServer({
        port: 0,
        listeners: ["LOCAL"],
        files: OWN_FILES,
        profile: "none",
        rules: [{ match: { every: 3 }, fault: { kind: "slow-accept", delay: 50 } }, ...plan.rules],
      });
      await using workplace = await openWorkplace();
      const limits = ["--timeout", timeout, "--max-time", maxTime];
      const run = ["--ndjson", "-m", String(width), "--base-url", server.urls.LOCAL];
      const result = await workplace.start([...run, ...limits, ...codes]).result;
      expect(result).toMatchObject({ exitCode: 1, signal: null, stderr: "" });
      const { records, summary } = readNdjson(result.stdout);
      plan.check(records);
      const count = (status: string): number =>
        records.filter((record) => record.status === status).length;
      expect(summary).toMatchObject({
        asked: codes.length,
        counts: {
          ok: plan.whole.length,
          unchanged: 0,
          notFound: count("notFound"),
          error: count("error"),
          notStarted: 0,
        },
      });
      // Nothing else is there: no partial file, and no file of a download that failed.
      const names = plan.whole.map((code) => `${code.toLowerCase()}.gif`);
      expect(await workplace.files()).toEqual(names.sort());
      const flags: readonly string[] = FLAG_COUNTRY_CODES;
      expect(
        (await workplace.badFiles()).filter((name) =>
          flags.includes(name.slice(0, 2).toUpperCase()),
        ),
      ).toEqual([]);
      expect(server.stats().LOCAL.peakConcurrentRequests).toBeLessThanOrEqual(width);
    },
    60_000,
  );
});

describe("flags-async and a server that is restarted", () => {
  test("killed and started again in mid-run: with retries everything arrives", async () => {
    const listener = {
      listeners: ["LOCAL" as const],
      rules: [{ fault: { kind: "delay" as const, delay: 100 } }],
    };
    await using first = await launchFlagServer({ port: 0, ...listener });
    const port = Number(new URL(first.urls.LOCAL).port);
    await using workplace = await openWorkplace();
    const args = ["-v", "-a", "-m", "20", "--retries", "5", "--base-url", first.urls.LOCAL];
    const program = workplace.start(args);
    await untilPrinted(program, /^A[A-Z] OK$/m);
    process.kill(first.pid, "SIGKILL");
    await first.exited;
    await using second = await startFlagServer({ port, ...listener });
    const result = await program.result;
    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    expect(readCounts(result.stdout)).toMatchObject({ ok: 194, error: 0, notStarted: 0 });
    expect(second.stats().LOCAL.requests).toBeGreaterThan(0);
    expect(await workplace.files()).toHaveLength(194);
    expect(await workplace.badFiles()).toEqual([]);
  });
});
