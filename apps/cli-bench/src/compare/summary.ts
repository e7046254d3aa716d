import type { Case, CaseResult, Estimate, Report, Summary } from "./model.js";
import { bootstrap, median } from "./statistics.js";

const UNITY: Estimate = { value: 1, low: 1, high: 1 };

const sameCase = (a: Case, b: Case): boolean =>
  a.workload === b.workload && a.executor === b.executor && a.workers === b.workers;

/** Gives what the speed-up of a case refers to: the inline run, or else the same executor with the fewest workers. */
function referenceOf(of: Case, cases: readonly CaseResult[]): CaseResult | undefined {
  const measured = cases.filter(({ workload }) => workload === of.workload);
  return (
    measured.find(({ executor }) => executor === "inline") ??
    measured
      .filter(({ executor }) => executor === of.executor)
      .sort((a, b) => a.workers - b.workers)
      .at(0)
  );
}

/** Works out medians, intervals, speed-ups and efficiencies. Cases that were never run to the end are left out. */
export function summarise({ cases }: Report): Summary[] {
  const measured = cases.filter(({ runsMs }) => runsMs.length > 0);
  return measured.map((result) => {
    const { workload, executor, workers, runsMs } = result;
    const reference = referenceOf(result, measured) ?? result;
    const speedUp = sameCase(reference, result)
      ? UNITY
      : bootstrap(
          [reference.runsMs, runsMs],
          ([slow = [], fast = []]) => median(slow) / median(fast),
        );
    return {
      workload,
      executor,
      workers,
      runs: runsMs.length,
      medianMs: bootstrap([runsMs], ([runs = []]) => median(runs)),
      speedUp,
      efficiency: speedUp.value / workers,
      reference: {
        workload,
        executor: reference.executor,
        workers: reference.workers,
      },
    };
  });
}

/** How a case did in an older run, and what to think of it. */
export interface Change extends Case {
  /** The new median divided by the old one: below 1 it became faster. */
  readonly ratio: Estimate;
  readonly verdict: "faster" | "slower" | "no difference shown";
}

/** Compares the cases that are in both reports. */
export function compareReports(current: Report, baseline: Report): Change[] {
  return current.cases.flatMap((result) => {
    const old = baseline.cases.find((other) => sameCase(other, result));
    if (old === undefined || old.runsMs.length === 0 || result.runsMs.length === 0) return [];
    const ratio = bootstrap(
      [result.runsMs, old.runsMs],
      ([now = [], then = []]) => median(now) / median(then),
    );
    const { workload, executor, workers } = result;
    const verdict = ratio.high < 1 ? "faster" : ratio.low > 1 ? "slower" : "no difference shown";
    return [{ workload, executor, workers, ratio, verdict }];
  });
}
