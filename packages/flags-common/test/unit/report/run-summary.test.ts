import { describe, expect, test } from "@jest/globals";
import { percentiles, RunTotals } from "../../../src/report/run-summary.js";
import { newCounts } from "../../../src/run/download-status.js";

const item = { name: "US", url: "http://x/us.gif", fileName: "us.gif", expect: "gif" } as const;

describe("percentiles", () => {
  test("are times that occurred", () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(percentiles(hundred)).toEqual({ p50: 50, p95: 95, p99: 99 });
    expect(percentiles([7])).toEqual({ p50: 7, p95: 7, p99: 7 });
    expect(percentiles([])).toBeUndefined();
  });
});

describe("RunTotals", () => {
  test("adds up requests, retries, bytes and times", () => {
    const totals = new RunTotals();
    const timing = (totalMs: number) => ({ timing: { totalMs, headersMs: 1 } });
    totals.add({ item, status: "ok", attempts: 3, byteLength: 500, sha256: "", ...timing(20) });
    totals.add({ item, status: "notFound", attempts: 1, ...timing(10) });
    // Nobody answered: that is no latency.
    totals.add({
      item,
      status: "error",
      attempts: 1,
      code: "REFUSED",
      reason: "",
      timing: { totalMs: 1 },
    });
    totals.add({ item, status: "notStarted", attempts: 0 });
    const counts = newCounts();
    expect(totals.summarize({ asked: 4, counts, elapsedMs: 250, peakConcurrency: 2 })).toEqual({
      asked: 4,
      counts,
      elapsedMs: 250,
      peakConcurrency: 2,
      bytes: 500,
      bytesPerSecond: 2000,
      requests: 5,
      retries: 2,
      latencyMs: { p50: 10, p95: 20, p99: 20 },
      reasons: [],
    });
  });
});
