import type { Executor } from "../../src/index.js";

/** An executor as the contract suite sees it: how to make one, and where its kind differs by nature. */
export interface Subject {
  /** The name of the class; the programs of test/fixtures make one by it. */
  readonly name: string;
  /** Makes an executor with so many workers, at most; kinds that have one worker ignore the number. `maxQueue` is for kinds that queue. */
  create(maxWorkers?: number, maxQueue?: number): Executor;
  /** Whether calls wait for a free worker. An InlineExecutor has none to wait for: each call runs at once. */
  readonly queues: boolean;
  /** Whether tasks get the caller's own objects, and not copies. */
  readonly sharesMemory: boolean;
  /** Whether a call that ignores its signal can be ended by ending its worker. */
  readonly canKill: boolean;
}
