import { median } from "../compare/statistics.js";
import { createExecutor } from "../executors.js";
import { tasks } from "../task-references.js";

const STARTS = 5;
const ROUND_TRIPS = 500;

/** What workers cost here. */
export interface Probes {
  /** From making an executor to the first result of its one worker; the median of five. */
  readonly startUpMs: number;
  /** One call of a task that does nothing, its result awaited before the next; the median of 500. */
  readonly roundTripMicroseconds: number;
}

/** Measures what a worker costs: its start, and a message there and back. */
export async function probe(kind: "thread" | "process"): Promise<Probes> {
  const startsMs: number[] = [];
  for (let n = 0; n < STARTS; n += 1) {
    const startMs = performance.now();
    await using executor = createExecutor(kind, 1);
    await executor.run(tasks.echo, n);
    startsMs.push(performance.now() - startMs);
  }
  await using executor = createExecutor(kind, 1);
  const tripsMs: number[] = [];
  for (let n = 0; n < ROUND_TRIPS; n += 1) {
    const startMs = performance.now();
    await executor.run(tasks.echo, n);
    tripsMs.push(performance.now() - startMs);
  }
  return { startUpMs: median(startsMs), roundTripMicroseconds: 1000 * median(tripsMs) };
}
