import { FLAG_COUNTRY_CODES, launchFlagServer, startFlagServer } from "@concur/flag-server";
import {
  FAULT_RUNS,
  filesBeside,
  meetFaults,
  planFaults,
  readCounts,
  untilPrinted,
} from "@concur/flags-common/testing";
import { describe, expect, test } from "@jest/globals";
import { openWorkplace } from "./fixtures/harness.js";

describe("flags-threaded meets everything that a server can do wrong", () => {
  test.each(FAULT_RUNS)(
    "$width wide: each file meets its own fate, and all are accounted for",
    async (run) => {
      const plan = planFaults(run.codes);
      await using server = await startFlagServer({
        port: 0,
        listeners: ["LOCAL"],
        files: filesBeside(FLAG_COUNTRY_CODES),
        profile: "none",
        rules: [{ match: { every: 3 }, fault: { kind: "slow-accept", delay: 50 } }, ...plan.rules],
      });
      await using workplace = await openWorkplace();
      const site = { baseUrl: server.urls.LOCAL, flagCodes: FLAG_COUNTRY_CODES };
      await meetFaults(workplace, run, plan, site);
      expect(server.stats().LOCAL.peakConcurrentRequests).toBeLessThanOrEqual(run.width);
    },
    60_000,
  );
});

describe("flags-threaded and a server that is restarted", () => {
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
