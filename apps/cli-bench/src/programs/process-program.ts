import { asCompleted, type Executor, type Future } from "@concur/pool";
import { createExecutor, type ExecutorKind } from "../executors.js";
import { INTERRUPTED, Interruption } from "../interruption.js";
import { print } from "../output.js";

/** What the two process programs of the book are told. */
export interface ProgramOptions {
  readonly workers: number | undefined;
  readonly executor: ExecutorKind;
  readonly seed: number | undefined;
}

/**
 * Hands in the jobs, prints a line for each as it is done, and the time at the end, as `main` in `futures_sha.py` and
 * `arcfour_futures.py`.
 *
 * @param submitAll - Hands in the jobs; with `format` it makes the lines.
 * @returns The exit code.
 */
export async function runProcessProgram<R>(
  { workers, executor: kind }: ProgramOptions,
  submitAll: (executor: Executor) => readonly Future<R>[],
  format: (result: R) => string,
): Promise<number> {
  using interruption = new Interruption();
  const startMs = performance.now();
  await using executor = createExecutor(kind, workers);
  interruption.watch(executor);
  const futures = submitAll(executor);
  let done = 0;
  try {
    for await (const future of asCompleted(futures)) {
      print(format(await future.result()));
      done += 1;
    }
  } catch (error) {
    if (!interruption.happened) throw error;
  }
  await executor.shutdown();
  const seconds = (performance.now() - startMs) / 1000;
  const status = `${executor.maxWorkers} workers, elapsed time: ${seconds.toFixed(2)}s`;
  if (!interruption.happened) {
    print(status);
    return 0;
  }
  print(`${status}, interrupted after ${done} of ${futures.length} jobs`);
  return INTERRUPTED;
}

/** The seed of each job, so that jobs differ although the run can be repeated. */
export function jobSeed(seed: number | undefined, index: number): number | undefined {
  return seed === undefined ? undefined : seed + index;
}
