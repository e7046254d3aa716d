import type workerpool from "workerpool";

type Options = NonNullable<Parameters<typeof workerpool.pool>[1]>;
type TaskQueue = Exclude<NonNullable<Options["queueStrategy"]>, string>;
type Call = Parameters<TaskQueue["push"]>[0];

/**
 * The queue of a pool of workerpool's. It is empty but for a moment, as each call gets a worker of its own at once.
 *
 * A call whose worker could not be made stays in it, and the next worker would be handed to that call: so it must be cleared
 * then. To end the pool instead would end all workers that are well.
 */
export class PoolQueue implements TaskQueue {
  readonly #calls: Call[] = [];

  push(call: Call): void {
    this.#calls.push(call);
  }

  pop(): Call | undefined {
    return this.#calls.shift();
  }

  size(): number {
    return this.#calls.length;
  }

  contains(call: Call): boolean {
    return this.#calls.includes(call);
  }

  clear(): void {
    this.#calls.length = 0;
  }
}
