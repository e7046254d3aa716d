import { AbortFlag, MASK, SlotState, Word, WorkerPhase, type Ring } from "../shared/ring.js";
import type { WorkerCall } from "../worker-call.js";
import { Atomics } from "../../internal/platform.js";

/** The parent's end of the ring of submissions: which calls the worker may see, and which it has come to. */
export class Submissions {
  readonly #ring: Ring;
  #submitted = 0;

  constructor(ring: Ring) {
    this.#ring = ring;
  }

  /** How many the worker has ever come to. */
  get begun(): number {
    return Atomics.load(this.#ring.header, Word.Taken);
  }

  /** How many it has not come to. */
  get unseen(): number {
    return (this.#submitted - this.begun) | 0;
  }

  /** Puts in a call that has a slot; `publish()` lets the worker see it. */
  add({ slot, task, options }: WorkerCall): void {
    const ring = this.#ring;
    ring.task[slot] = task;
    ring.abort[slot] = options.timeoutMs === undefined ? 0 : AbortFlag.Timed;
    // A plain write will do: the store of the ring's counter publishes it.
    ring.state[slot] = SlotState.Waiting;
    ring.submissions[this.#submitted & MASK] = slot;
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

  /** Takes a call back: false when the worker was first. */
  takeBack(slot: number): boolean {
    const { state } = this.#ring;
    return (
      Atomics.compareExchange(state, slot, SlotState.Waiting, SlotState.TakenBack) ===
      SlotState.Waiting
    );
  }

  /** Lets the worker skip a call that it must not see: its arguments were never sent. */
  withdraw(slot: number): void {
    this.#ring.state[slot] = SlotState.TakenBack;
  }

  hasBegun(slot: number): boolean {
    return Atomics.load(this.#ring.state, slot) !== SlotState.Waiting;
  }

  /** The slots of those that it has not come to, the newest first. */
  *newest(): Generator<number, void> {
    const head = this.begun;
    for (let at = this.#submitted - 1; ((at - head) | 0) >= 0; at -= 1) {
      yield this.#ring.submissions[at & MASK] ?? 0;
    }
  }
}
