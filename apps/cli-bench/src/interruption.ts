import type { Executor } from "@concur/pool";

/** The exit code of a program that Ctrl-C ended: 128 and the number of the signal. */
export const INTERRUPTED = 130;

/** Ends the workers when somebody presses Ctrl-C, and remembers it. */
export class Interruption implements Disposable {
  readonly #executors = new Set<Executor>();
  readonly #listener = (): void => {
    this.#interrupt();
  };
  #interrupted = false;

  constructor() {
    process.on("SIGINT", this.#listener);
    process.on("SIGTERM", this.#listener);
  }

  /** Whether it has happened. */
  get happened(): boolean {
    return this.#interrupted;
  }

  /** Has the workers of an executor ended when it happens. */
  watch(executor: Executor): void {
    this.#executors.add(executor);
  }

  #interrupt(): void {
    // The second time nothing is waited for.
    if (this.#interrupted) process.exit(INTERRUPTED);
    this.#interrupted = true;
    for (const executor of this.#executors) void executor.killWorkers();
  }

  [Symbol.dispose](): void {
    process.off("SIGINT", this.#listener);
    process.off("SIGTERM", this.#listener);
  }
}
