import { Holding } from "./holding.js";
import { State, Word } from "./layout.js";
import type { SharedMemory } from "./memory.js";
import { thisThread } from "./threads.js";

/** How many permits there are, taken or not. */
const TOTAL = Word.Own + 1;
const MOST = 2 ** 31 - 1;

/** Permits, of which each slot that holds has one. So how many are free is never written down, and cannot be wrong. */
export class Permits extends Holding {
  readonly #bounded: boolean;

  constructor(kind: number, permits: number | SharedMemory, bounded: boolean) {
    if (typeof permits === "number") checkCount("permits", permits, 0);
    const what = bounded ? "a BoundedSemaphore" : "a Semaphore";
    super(kind, what, typeof permits === "number" ? undefined : permits);
    this.#bounded = bounded;
    if (typeof permits === "number") this.monitor.words[TOTAL] = permits;
  }

  get free(): number {
    const { monitor } = this;
    monitor.enter();
    const free = this.#total - monitor.held;
    monitor.leave();
    return free;
  }

  giveBack(count: number): void {
    checkCount("count", count, 1);
    const { monitor } = this;
    monitor.enter();
    const fresh = count - monitor.held;
    const refusal = this.#refusal(fresh);
    if (refusal === undefined) {
      for (let left = Math.min(count, monitor.held); left > 0; left -= 1) {
        const own = monitor.find(State.Held, thisThread);
        monitor.drop(own === 0 ? monitor.find(State.Held, 0) : own);
      }
      if (fresh > 0) monitor.words[TOTAL] = this.#total + fresh;
      this.settle();
    }
    monitor.leave();
    if (refusal !== undefined) throw new RangeError(refusal);
  }

  #refusal(fresh: number): string | undefined {
    if (fresh <= 0) return undefined;
    if (this.#bounded) return "more permits were given back than were taken";
    return this.#total + fresh > MOST ? `there cannot be more than ${MOST} permits` : undefined;
  }

  protected override fits(): boolean {
    return this.monitor.held < this.#total;
  }

  get #total(): number {
    return this.monitor.words[TOTAL] ?? 0;
  }
}

function checkCount(name: string, count: number, least: number): void {
  if (!Number.isInteger(count) || count < least || count > MOST) {
    throw new RangeError(`${name} must be a whole number of at least ${least}, not ${count}`);
  }
}
