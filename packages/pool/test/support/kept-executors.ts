import { afterAll, expect } from "@jest/globals";
import type { Executor, ExecutorStats } from "../../src/index.js";
import { LEFT_BEHIND_MS } from "./limits.js";

const kept = new Map<string, Executor>();

/**
 * Gives the executor that the tests of a file share under a name, and makes it for the first of them.
 *
 * To start a worker takes far more than most tests do. The tests that share one neither end it nor change its modules.
 */
export function keptExecutor<E extends Executor>(name: string, create: () => E): E {
  const known = kept.get(name) as E | undefined;
  if (known !== undefined) return known;
  const executor = create();
  kept.set(name, executor);
  return executor;
}

/** What an executor that others have used before has counted since now. */
export function countedSince(executor: Executor): () => ExecutorStats {
  const before = executor.stats();
  return () => {
    const now = executor.stats();
    return {
      ...now,
      completed: now.completed - before.completed,
      failed: now.failed - before.failed,
      cancelled: now.cancelled - before.cancelled,
    };
  };
}

/** Waits until nothing is left behind in the executors that are kept; one in which something never ends is not kept. */
export async function expectKeptIdle(): Promise<void> {
  for (const [name, executor] of kept) {
    const idle = await idleIn(executor, LEFT_BEHIND_MS);
    if (!idle) {
      kept.delete(name);
      await executor.terminateWorkers();
    }
    expect([name, idle]).toEqual([name, true]);
  }
}

async function idleIn(executor: Executor, limitMs: number): Promise<boolean> {
  const end = performance.now() + limitMs;
  for (;;) {
    const { pending, running } = executor.stats();
    if (pending + running === 0) return true;
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Ends an executor of which a test is done: what nothing will ever end has been forgotten by the test, or found. */
export async function expectEnded(
  executor: Executor,
  left: Partial<ExecutorStats> = {},
): Promise<void> {
  const startedAt = performance.now();
  await executor.shutdown({ cancelFutures: true, timeoutMs: LEFT_BEHIND_MS });
  expect(performance.now() - startedAt).toBeLessThan(LEFT_BEHIND_MS);
  expect(executor.stats()).toMatchObject({ running: 0, pending: 0, ...left });
}

afterAll(async () => {
  await Promise.all([...kept.values()].map((executor) => expectEnded(executor)));
  kept.clear();
});
