import { Word, type Ring } from "../wire/ring.js";
import type { RunTimes } from "../../shared/run-times.js";
import { Atomics } from "../../../internal/platform.js";
import { MASK } from "../../shared/tickets.js";
import { FEW_LEFT, UNTOLD_US } from "../../tuning.js";
import type { ParentLine } from "./parent-line.js";

/** The worker's end of the ring of completions: the tickets of calls whose results are in shared memory, and when the parent is told. */
export class Completions {
  readonly #ring: Ring;
  readonly #line: ParentLine;
  readonly #times: RunTimes;
  #completed = 0;
  /** Results the parent was not told of yet, and how long the first of them will have waited. */
  #untold = 0;
  #untoldUs = 0;

  constructor(line: ParentLine, times: RunTimes) {
    this.#ring = line.ring;
    this.#line = line;
    this.#times = times;
  }

  add(ticket: number): void {
    const { header, completions } = this.#ring;
    completions[this.#completed & MASK] = ticket;
    this.#completed = (this.#completed + 1) | 0;
    Atomics.store(header, Word.Completed, this.#completed);
    this.#untold += 1;
  }

  /** Lets results wait for that of the call which comes next, while there is work after it and it is not long. */
  tellBefore(task: number, left: number): void {
    if (this.#untold === 0) return;
    const us = this.#times.of(task);
    this.#untoldUs += us;
    if (us === 0 || left <= FEW_LEFT || (this.#untoldUs > UNTOLD_US && !this.#watched)) this.tell();
  }

  /** Tells of results before the event loop has a turn, which may be long; who looks by itself sees them meanwhile. */
  tellBeforeTurn(): void {
    if (!this.#watched) this.tell();
  }

  get #watched(): boolean {
    return Atomics.load(this.#ring.header, Word.Watched) === 1;
  }

  /** Wakes the parent for results, unless it looks by itself or was woken already. */
  tell(): void {
    if (this.#untold === 0) return;
    this.#untold = 0;
    this.#untoldUs = 0;
    this.#line.wake();
  }
}
