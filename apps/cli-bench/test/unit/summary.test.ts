import { describe, expect, test } from "@jest/globals";
import { compareReports, summarise } from "../../src/compare/summary.js";
import { reportOf } from "../fixtures/reports.js";

const around = (ms: number): number[] => [ms, ms * 1.01, ms * 0.99, ms, ms * 1.02];

describe("summarise", () => {
  test("refers speed-ups to the inline run of the same workload", () => {
    const summaries = summarise(
      reportOf([
        { executor: "inline", runsMs: around(1000) },
        { executor: "thread", workers: 1, runsMs: around(1000) },
        { executor: "thread", workers: 2, runsMs: around(500) },
        { workload: "sha", executor: "inline", runsMs: around(10) },
        { workload: "sha", executor: "process", workers: 4, runsMs: around(5) },
      ]),
    );
    expect(summaries.map(({ speedUp }) => Math.round(10 * speedUp.value) / 10)).toEqual([
      1, 1, 2, 1, 2,
    ]);
    expect(summaries.map(({ efficiency }) => Math.round(10 * efficiency) / 10)).toEqual([
      1, 1, 1, 1, 0.5,
    ]);
    expect(summaries[2]).toMatchObject({
      runs: 5,
      medianMs: { value: 500 },
      reference: { workload: "primes", executor: "inline", workers: 1 },
    });
    expect(summaries[2]?.speedUp.low).toBeGreaterThan(1.9);
    expect(summaries[2]?.speedUp.high).toBeLessThan(2.1);
  });

  test("without an inline run, to the same executor with the fewest workers", () => {
    const summaries = summarise(
      reportOf([
        { workers: 4, runsMs: around(100) },
        { workers: 2, runsMs: around(200) },
        { executor: "async", workers: 8, runsMs: around(50) },
      ]),
    );
    expect(summaries.map(({ reference }) => `${reference.executor} ${reference.workers}`)).toEqual([
      "thread 2",
      "thread 2",
      "async 8",
    ]);
    expect(summaries[0]?.speedUp.value).toBeCloseTo(2);
  });

  test("leaves out what was never run to its end", () => {
    expect(summarise(reportOf([{ runsMs: [] }]))).toEqual([]);
    expect(summarise(reportOf([{ runsMs: [] }, { workers: 2, runsMs: [5] }]))).toHaveLength(1);
  });
});

describe("compareReports", () => {
  test.each([
    [100, 200, "faster"],
    [200, 100, "slower"],
    [100, 100, "no difference shown"],
  ])("from %d ms now and %d ms then: %s", (now, then, verdict) => {
    const changes = compareReports(
      reportOf([{ runsMs: around(now) }]),
      reportOf([{ runsMs: around(then) }]),
    );
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({ workload: "primes", workers: 1, verdict });
    expect(changes[0]?.ratio.value).toBeCloseTo(now / then);
  });

  test("leaves out what only one of them has", () => {
    const old = reportOf([{ workers: 1 }, { workers: 4, runsMs: [] }]);
    expect(compareReports(reportOf([{ workers: 2 }, { workers: 4 }]), old)).toEqual([]);
  });
});
