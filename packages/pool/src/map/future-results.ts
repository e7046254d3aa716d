import type { Future } from "../future.js";
import { Fifo } from "../internal/fifo.js";
import type { Ended, ResultSource } from "./map-results.js";

/** A call of its own for each: two items may have one future, where an executor remembers results. */
interface Call<R> {
  readonly future: Future<R>;
}

/** The results of a map whose items are calls of their own: built on nothing but a way to submit one call. */
export class FutureResults<A extends readonly unknown[], R> implements ResultSource<R> {
  readonly #submit: (args: A) => Future<R>;
  readonly #ordered: boolean;
  /** Calls whose results nobody has taken: those that are cancelled. */
  readonly #unread = new Set<Call<R>>();
  /** The same in the order in which they are handed out; unordered, those that are done. */
  #next = new Fifo<Call<R>>();
  #listener: () => void = () => undefined;

  constructor(submit: (args: A) => Future<R>, ordered: boolean) {
    this.#submit = submit;
    this.#ordered = ordered;
  }

  get left(): number {
    return this.#unread.size;
  }

  get hasNext(): boolean {
    return this.#next.peek()?.future.done() ?? false;
  }

  onEnd(listener: () => void): void {
    this.#listener = listener;
  }

  accept(args: A): void {
    const call = { future: this.#submit(args) };
    this.#unread.add(call);
    if (this.#ordered) this.#next.push(call);
    call.future.addDoneCallback(() => {
      if (!this.#unread.has(call)) return;
      if (!this.#ordered) this.#next.push(call);
      this.#listener();
    });
  }

  take(): Ended<R> | undefined {
    const outcome = this.#next.peek()?.future.outcome;
    if (outcome === undefined) return undefined;
    const call = this.#next.shift()?.value;
    if (call !== undefined) this.#unread.delete(call);
    return outcome.status === "fulfilled" ? { value: outcome.value } : { error: outcome.reason };
  }

  cancel(): void {
    const unread = [...this.#unread];
    // First, so that nobody hears of those that are cancelled.
    this.#unread.clear();
    this.#next = new Fifo();
    for (const { future } of unread) future.cancel();
  }
}
