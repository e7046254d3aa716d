import { DeadlockError } from "../errors.js";
import { Field, State, Word } from "./layout.js";
import type { SyncWaitOptions, WaitOptions } from "./limits.js";
import type { SharedMemory } from "./memory.js";
import { Monitor, type Rules } from "./monitor.js";
import { thisThread } from "./threads.js";
import { deadlineOf, waitAsync, waitSync, type Wait } from "./waiting.js";

/** How a slot holds, as bits. */
export const Mode = {
  Exclusive: 1,
  Shared: 2,
  /** The owner before died: the new one has to be told. */
  Abandoned: 4,
  /** Taken by a wait that could block: its owner is the thread. */
  ByThread: 8,
} as const;

/** A slot that holds, as long as it has this ticket. Conditions give what they have taken again another one. */
export interface Hold {
  slot: number;
  ticket: number;
}

/** Whether a thread died with something in its hands, and nobody was told yet. */
const ABANDONED = Word.Own;

/** What can be held until it is given back: first come, first served. */
export abstract class Holding implements Rules {
  readonly monitor: Monitor;
  /** As in `a Lock`. */
  readonly what: string;

  constructor(kind: number, what: string, memory: SharedMemory | undefined) {
    this.monitor = new Monitor(kind, memory);
    this.what = what;
    this.monitor.obey(this);
  }

  /** Whether this could be held now in this way. */
  protected abstract fits(mode: number): boolean;

  /** Something is held in this way. */
  protected took(_mode: number): void {
    // Who needs to know overrides this.
  }

  /** A slot that held in this way is about to be free. */
  protected gaveBack(_mode: number): void {
    // Who needs to know overrides this.
  }

  /** A slot of this thread for which a thread that blocks would wait for ever; 0 for none. */
  protected blocker(_mode: number): number {
    return 0;
  }

  tryHold(mode: number): Hold | undefined {
    const { monitor } = this;
    monitor.enter();
    const slot = this.#tryInside(mode);
    const ticket = monitor.get(slot, Field.Ticket);
    monitor.leave();
    return slot === 0 ? undefined : { slot, ticket };
  }

  holdSync(mode: number, options: SyncWaitOptions, isStubborn = false): Hold {
    const deadline = deadlineOf(options);
    const { monitor } = this;
    monitor.enter();
    let slot = this.#tryInside(mode);
    const waits = slot === 0;
    if (waits) {
      const blocker = deadline.isLimited ? 0 : this.blocker(mode);
      if (blocker !== 0) {
        const error = this.deadlock(blocker);
        monitor.leave();
        throw error;
      }
      slot = monitor.enqueue(mode);
    }
    const ticket = monitor.get(slot, Field.Ticket);
    monitor.leave();
    if (waits) waitSync(this.#wait(slot, isStubborn), deadline);
    return { slot, ticket };
  }

  async hold(mode: number, options: WaitOptions, isStubborn = false): Promise<Hold> {
    const deadline = deadlineOf(options);
    const { monitor } = this;
    monitor.enter();
    let slot = this.#tryInside(mode);
    const waits = slot === 0;
    if (waits) slot = monitor.enqueue(mode);
    const ticket = monitor.get(slot, Field.Ticket);
    monitor.leave();
    if (waits) await waitAsync(this.#wait(slot, isStubborn), deadline, options.signal);
    return { slot, ticket };
  }

  /** Gives back what was taken once; false when that has happened before. */
  release({ slot, ticket }: Hold): boolean {
    const { monitor } = this;
    monitor.enter();
    const holds = monitor.holds(slot, ticket);
    if (holds) {
      const depth = monitor.get(slot, Field.Depth);
      if (depth > 0) monitor.set(slot, Field.Depth, depth - 1);
      else this.dropInside(slot);
    }
    monitor.leave();
    return holds;
  }

  /** Says whether this is still held. */
  isHeld({ slot, ticket }: Hold): boolean {
    return this.monitor.holds(slot, ticket);
  }

  isAbandoned({ slot }: Hold): boolean {
    return (this.monitor.get(slot, Field.Mode) & Mode.Abandoned) !== 0;
  }

  protected dropInside(slot: number): void {
    const { monitor } = this;
    this.gaveBack(monitor.get(slot, Field.Mode));
    monitor.drop(slot);
    if (monitor.head !== 0) this.settle();
  }

  // Inside the monitor.

  settle(): void {
    const { monitor } = this;
    for (let slot; (slot = monitor.head) !== 0;) {
      const mode = monitor.get(slot, Field.Mode);
      if (!this.fits(mode)) return;
      const abandoned = this.#abandonedFor();
      monitor.set(slot, Field.Mode, mode | abandoned);
      monitor.grant(slot);
      this.took(mode);
      this.#told(mode, abandoned);
    }
  }

  died(slot: number): void {
    if (!this.monitor.isHeld(slot)) return;
    const mode = this.monitor.get(slot, Field.Mode);
    if ((mode & Mode.Shared) === 0) this.monitor.words[ABANDONED] = 1;
    this.gaveBack(mode);
  }

  #tryInside(mode: number): number {
    const { monitor } = this;
    if (monitor.head !== 0 || !this.fits(mode)) {
      monitor.reapInside();
      if (monitor.head !== 0 || !this.fits(mode)) return 0;
    }
    const abandoned = this.#abandonedFor();
    const slot = monitor.hold(mode | abandoned);
    this.took(mode);
    if (abandoned !== 0) this.#told(mode, abandoned);
    return slot;
  }

  #abandonedFor(): number {
    return this.monitor.words[ABANDONED] === 1 ? Mode.Abandoned : 0;
  }

  /** Who only reads is told as well, and repairs nothing. */
  #told(mode: number, abandoned: number): void {
    if (abandoned !== 0 && (mode & Mode.Shared) === 0) this.monitor.words[ABANDONED] = 0;
  }

  #wait(slot: number, isStubborn: boolean): Wait {
    const gaveUp = (): void => {
      this.settle();
    };
    return { monitor: this.monitor, slot, what: this.what, gaveUp, isStubborn };
  }

  protected deadlock(blocker: number): DeadlockError {
    const since = this.monitor.since(blocker);
    const verb = this.monitor.get(blocker, Field.State) === State.Held ? "holds" : "waits for";
    return new DeadlockError(
      `this thread (${thisThread - 1}) ${verb} ${this.what} since ${new Date(since).toISOString()} ` +
        `(${Date.now() - since} ms), and would block until it goes on itself`,
    );
  }
}
