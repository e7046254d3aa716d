import { Field, State, Word } from "./layout.js";
import { Holding, Mode, type Hold } from "./holding.js";
import { thisThread } from "./threads.js";

/** Whether one holds it for itself alone. */
const EXCLUSIVE = Word.Own + 1;

/** What is behind a lock, for conditions. */
export const ownerships = new WeakMap<object, Ownership>();

/** What one owner has for itself, or several share. */
export class Ownership extends Holding {
  /** Says whether this thread holds it, in whatever way. */
  get isOurs(): boolean {
    const { monitor } = this;
    monitor.enter();
    const slot = monitor.held === 0 ? 0 : monitor.find(State.Held, thisThread);
    monitor.leave();
    return slot !== 0;
  }

  get isExclusive(): boolean {
    return Atomics.load(this.monitor.words, EXCLUSIVE) === 1;
  }

  /** How many share it. */
  get sharers(): number {
    const { monitor } = this;
    monitor.enter();
    const sharers = this.isExclusive ? 0 : monitor.held;
    monitor.leave();
    return sharers;
  }

  /** What this thread holds in this way. */
  holdOfThread(mode: number): Hold | undefined {
    const { monitor } = this;
    monitor.enter();
    const slot = monitor.held === 0 ? 0 : monitor.find(State.Held, thisThread);
    const ticket = monitor.get(slot, Field.Ticket);
    const isSo = slot !== 0 && (monitor.get(slot, Field.Mode) & mode) !== 0;
    monitor.leave();
    return isSo ? { slot, ticket } : undefined;
  }

  /** Takes once more what is held; false when it is not held any more. */
  deepen({ slot, ticket }: Hold): boolean {
    const { monitor } = this;
    monitor.enter();
    const holds = monitor.holds(slot, ticket);
    if (holds) monitor.set(slot, Field.Depth, monitor.get(slot, Field.Depth) + 1);
    monitor.leave();
    return holds;
  }

  recount(): void {
    const { monitor } = this;
    let exclusive = 0;
    for (let slot = 1; slot <= monitor.used; slot += 1) {
      if (monitor.isHeld(slot) && isExclusive(monitor.get(slot, Field.Mode))) exclusive = 1;
    }
    monitor.words[EXCLUSIVE] = exclusive;
  }

  protected override fits(mode: number): boolean {
    const { monitor } = this;
    return isExclusive(mode) ? monitor.held === 0 : monitor.words[EXCLUSIVE] === 0;
  }

  protected override took(mode: number): void {
    if (isExclusive(mode)) this.monitor.words[EXCLUSIVE] = 1;
  }

  protected override gaveBack(mode: number): void {
    if (isExclusive(mode)) this.monitor.words[EXCLUSIVE] = 0;
  }

  /** How often it was taken again. */
  depth({ slot }: Hold): number {
    return this.monitor.get(slot, Field.Depth);
  }

  /** How it is held, without what was found out when it was taken. */
  mode({ slot }: Hold): number {
    return this.monitor.get(slot, Field.Mode) & ~Mode.Abandoned;
  }

  /** For a thread that is about to block and to want it again afterwards. @throws {DeadlockError} When it would wait for itself. */
  refuseOwnWaiters(mode: number): void {
    const { monitor } = this;
    monitor.enter();
    const waiter = this.#ownWaiter(mode);
    const error = waiter === 0 ? undefined : this.deadlock(waiter);
    monitor.leave();
    if (error !== undefined) throw error;
  }

  /** What this thread holds is given back by this thread alone. */
  protected override blocker(mode: number): number {
    return this.monitor.find(State.Held, thisThread) || this.#ownWaiter(mode);
  }

  /**
   * What waits in front of a thread that blocks, and is of that thread, would be granted to code that cannot run. Two that only
   * read are granted together.
   */
  #ownWaiter(mode: number): number {
    const { monitor } = this;
    for (let slot = monitor.head; slot !== 0; slot = monitor.next(slot)) {
      if (monitor.get(slot, Field.Thread) !== thisThread) continue;
      if (isExclusive(mode) || isExclusive(monitor.get(slot, Field.Mode))) return slot;
    }
    return 0;
  }
}

function isExclusive(mode: number): boolean {
  return (mode & Mode.Exclusive) !== 0;
}
