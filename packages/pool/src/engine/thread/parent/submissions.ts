import { AbortFlag, Word, WorkerPhase, type Ring } from "../wire/ring.js";
import { isWaiting, open, takeBack, withdraw } from "../wire/slot-states.js";
import type { WorkerCall } from "../../calls/worker-call.js";
import { Atomics } from "../../../internal/platform.js";
import { MASK, slotOf } from "../../shared/tickets.js";

/** The parent's end of the ring of submissions: which calls the worker may see, and which it has come to. */
export class Submissions {
  readonly #ring: Ring;
  #submitted = 0;

  constructor(ring: Ring) {
    this.#ring = ring;
  }

  /** How many the worker has ever come to. */
  get begunCount(): number {
    return Atomics.load(this.#ring.header, Word.Taken);
  }

  /** How many it has not come to. */
  get unseen(): number {
    return (this.#submitted - this.begunCount) | 0;
  }

  /** Puts in a call; `publish()` lets the worker see it. */
  add(ticket: number, { task, options }: WorkerCall): void {
    const ring = this.#ring;
    const slot = slotOf(ticket);
    ring.task[slot] = task;
    ring.abort[slot] = options.timeoutMs === undefined ? 0 : AbortFlag.Timed;
    open(ring.state, ticket);
    this.#append(ticket);
  }

  /** Puts in a call that has gone meanwhile: the worker throws its arguments away. */
  addWithdrawn(ticket: number): void {
    this.withdraw(ticket);
    this.#append(ticket);
  }

  #append(ticket: number): void {
    this.#ring.submissions[this.#submitted & MASK] = ticket;
    this.#submitted = (this.#submitted + 1) | 0;
  }

  /**
   * Lets the worker see what was put in.
   *
   * @param wake - Wakes a worker whose event loop has the thread.
   * @returns Whether it was not at work.
   */
  publish(wake: () => void): boolean {
    const { header } = this.#ring;
    Atomics.store(header, Word.Submitted, this.#submitted);
    const phase = Atomics.load(header, Word.Phase);
    if (phase === WorkerPhase.Parked) {
      Atomics.notify(header, Word.Submitted, 1);
    } else if (
      phase === WorkerPhase.InLoop &&
      Atomics.compareExchange(header, Word.Phase, WorkerPhase.InLoop, WorkerPhase.Working) ===
        WorkerPhase.InLoop
    ) {
      wake();
    }
    return phase !== WorkerPhase.Working;
  }

  /**
   * Lets a worker with nothing to do take what was put in if it is not published within a millisecond or two: then this thread is
   * busy with something else.
   *
   * @param wake - Wakes a worker whose event loop has the thread.
   */
  offer(wake: () => void): void {
    const { header } = this.#ring;
    Atomics.store(header, Word.Offered, this.#submitted);
    if (
      Atomics.compareExchange(header, Word.Phase, WorkerPhase.InLoop, WorkerPhase.Working) ===
      WorkerPhase.InLoop
    ) {
      wake();
    }
  }

  /** Takes a call back: false when the worker was first. */
  takeBack(ticket: number): boolean {
    return takeBack(this.#ring.state, ticket);
  }

  /** Lets the worker skip a call that it has not seen yet. */
  withdraw(ticket: number): void {
    withdraw(this.#ring.state, ticket);
  }

  hasBegun(ticket: number): boolean {
    return !isWaiting(this.#ring.state, ticket);
  }

  /** The slots of those that it has not come to, the newest first. */
  *newest(): Generator<number, void> {
    const head = this.begunCount;
    for (let at = this.#submitted - 1; ((at - head) | 0) >= 0; at -= 1) {
      yield slotOf(this.#ring.submissions[at & MASK] ?? 0);
    }
  }
}
