import type { Executor } from "./executor.js";

/**
 * Runs `body` with the executor and shuts the executor down afterwards, as Python's `with` block does. When `body`
 * throws, what has not begun is cancelled first; Python runs it all before it passes the error on.
 *
 * @returns What `body` returns, when all accepted calls are done.
 * @example
 * const answer = await withExecutor(new AsyncExecutor(), (executor) => executor.run(() => 42));
 * answer; // => 42
 */
export async function withExecutor<E extends Executor, R>(
  executor: E,
  body: (executor: E) => R,
): Promise<Awaited<R>> {
  let result: Awaited<R>;
  try {
    result = await body(executor);
  } catch (error) {
    await executor.shutdown({ cancelFutures: true });
    throw error;
  }
  await executor.shutdown();
  return result;
}
