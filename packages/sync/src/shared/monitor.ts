import { FIXED_SLOTS, Field, HEADER_WORDS, MAX_SLOTS, SLOT_WORDS, State, Word } from "./layout.js";
import type { SharedMemory } from "./memory.js";
import type { Registry } from "./registry.js";
import { lookAfterChildren, ownRegistry, registryAt, thisThread } from "./threads.js";

/** What one kind of thing adds. All of it is called inside the monitor, and runs no code of users. */
export interface Rules {
  /** Grants what can be granted. */
  settle(): void;
  /** A thread died whose slot this was; it is still as the thread left it. */
  died(slot: number): void;
  /** A thread died inside the monitor, or slots of dead threads were freed: words that count slots are to be counted anew. */
  recount?(): void;
}

const SLOT_BYTES = SLOT_WORDS * Int32Array.BYTES_PER_ELEMENT;
const FIXED_BYTES = HEADER_WORDS * Int32Array.BYTES_PER_ELEMENT + FIXED_SLOTS * SLOT_BYTES;
const GROW_SLOTS = 64;
/** Inside the monitor nobody stays for longer than some microseconds, but may be descheduled there. */
const ENTRY_SPINS = 100;
const ENTRY_SLICE_MS = 10;

const me = thisThread << 1;

/**
 * Shared memory that one thread at a time works in, with slots for all who wait or hold.
 *
 * Everything else, lists and counts, can be made again from the slots; and nothing but one store of a slot's state hands something on. So a
 * thread may die at any step inside the monitor: the next one finds that it is dead, makes lists and counts again, and goes on.
 */
export class Monitor {
  readonly memory: SharedMemory;
  /** For `Atomics.wait` and the words of the kind of thing. */
  readonly words: Int32Array;
  readonly #times: Float64Array;
  readonly #more: Int32Array;
  readonly #moreTimes: Float64Array;
  readonly #registry: Registry;
  #rules: Rules = NO_RULES;

  /** @param kind - A number for the kind of thing, which is checked when memory comes from elsewhere. */
  constructor(kind: number, memory?: SharedMemory) {
    this.memory = memory ?? createMemory();
    const { fixed, more, registry } = this.memory;
    this.words = new Int32Array(fixed);
    this.#times = new Float64Array(fixed);
    this.#more = new Int32Array(more);
    this.#moreTimes = new Float64Array(more);
    this.#registry = memory === undefined ? ownRegistry() : registryAt(registry);
    if (memory === undefined) {
      this.words[Word.Kind] = kind;
      const id = crypto.getRandomValues(new Int32Array(2));
      this.words.set(id, Word.Id0);
    } else if (this.words[Word.Kind] !== kind) {
      throw new TypeError("this is the memory of something else");
    }
  }

  obey(rules: Rules): void {
    this.#rules = rules;
  }

  /** The same for the same memory, of which each thread has objects of its own. */
  get id(): string {
    return `${this.words[Word.Id0] ?? 0}:${this.words[Word.Id1] ?? 0}`;
  }

  // The entry: a lock that is held for some steps only.

  enter(): void {
    if (Atomics.compareExchange(this.words, Word.Entry, 0, me) !== 0) this.#enterLate();
  }

  leave(): void {
    if (Atomics.exchange(this.words, Word.Entry, 0) !== me)
      Atomics.notify(this.words, Word.Entry, 1);
  }

  #enterLate(): void {
    const { words } = this;
    if (Atomics.load(words, Word.Entry) >> 1 === thisThread) {
      // An error, such as that of a full stack, has cut off what this thread itself did here.
      this.#repair();
      return;
    }
    for (let spins = 0; spins < ENTRY_SPINS; spins += 1) {
      if (Atomics.load(words, Word.Entry) !== 0) continue;
      if (Atomics.compareExchange(words, Word.Entry, 0, me) === 0) return;
    }
    for (;;) {
      const found = Atomics.compareExchange(words, Word.Entry, 0, me | 1);
      if (found === 0) return;
      const marked = found | 1;
      if (found !== marked && Atomics.compareExchange(words, Word.Entry, found, marked) !== found) {
        continue;
      }
      if (Atomics.wait(words, Word.Entry, marked, ENTRY_SLICE_MS) !== "timed-out") continue;
      lookAfterChildren();
      const isDead = this.#registry.isDead((found >> 1) - 1);
      if (isDead && Atomics.compareExchange(words, Word.Entry, marked, me | 1) === marked) {
        this.#repair();
        return;
      }
    }
  }

  // The slots.

  get(slot: number, field: number): number {
    return slot <= FIXED_SLOTS
      ? (this.words[HEADER_WORDS + (slot - 1) * SLOT_WORDS + field] ?? 0)
      : (this.#more[(slot - 1 - FIXED_SLOTS) * SLOT_WORDS + field] ?? 0);
  }

  set(slot: number, field: number, value: number): void {
    if (slot <= FIXED_SLOTS) {
      this.words[HEADER_WORDS + (slot - 1) * SLOT_WORDS + field] = value;
    } else this.#more[(slot - 1 - FIXED_SLOTS) * SLOT_WORDS + field] = value;
  }

  /** Where the state of a slot is, to wait for. */
  stateArray(slot: number): Int32Array {
    return slot <= FIXED_SLOTS ? this.words : this.#more;
  }

  stateIndex(slot: number): number {
    return slot <= FIXED_SLOTS
      ? HEADER_WORDS + (slot - 1) * SLOT_WORDS
      : (slot - 1 - FIXED_SLOTS) * SLOT_WORDS;
  }

  /** The state of a slot, for whoever is not inside the monitor. */
  stateOf(slot: number): number {
    return Atomics.load(this.stateArray(slot), this.stateIndex(slot));
  }

  since(slot: number): number {
    return slot <= FIXED_SLOTS
      ? (this.#times[(HEADER_WORDS + (slot - 1) * SLOT_WORDS + Field.Since) >> 1] ?? 0)
      : (this.#moreTimes[((slot - 1 - FIXED_SLOTS) * SLOT_WORDS + Field.Since) >> 1] ?? 0);
  }

  #stamp(slot: number): void {
    const now = Date.now();
    if (slot <= FIXED_SLOTS) {
      this.#times[(HEADER_WORDS + (slot - 1) * SLOT_WORDS + Field.Since) >> 1] = now;
    } else this.#moreTimes[((slot - 1 - FIXED_SLOTS) * SLOT_WORDS + Field.Since) >> 1] = now;
  }

  get waiting(): number {
    return Atomics.load(this.words, Word.Waiting);
  }

  get held(): number {
    return Atomics.load(this.words, Word.Held);
  }

  get head(): number {
    return this.words[Word.Head] ?? 0;
  }

  /** How many slots there are, of any state. */
  get used(): number {
    return this.words[Word.Used] ?? 0;
  }

  next(slot: number): number {
    return this.get(slot, Field.Next);
  }

  isHeld(slot: number): boolean {
    return this.get(slot, Field.State) === State.Held;
  }

  isWaiting(slot: number): boolean {
    return this.get(slot, Field.State) === State.Waiting;
  }

  /** Whether a slot is still what it was when it had this ticket. */
  holds(slot: number, ticket: number): boolean {
    return this.get(slot, Field.Ticket) === ticket && this.isHeld(slot);
  }

  /** Gives a slot of this thread that holds at once. */
  hold(mode: number): number {
    const slot = this.#take(mode);
    this.set(slot, Field.Depth, 0);
    this.set(slot, Field.State, State.Held);
    this.#count(Word.Held, 1);
    return slot;
  }

  /** Gives a slot of this thread that waits behind all others. */
  enqueue(mode: number): number {
    const slot = this.#take(mode);
    // Before the lists: whoever makes them again finds it.
    this.set(slot, Field.State, State.Waiting);
    this.#append(slot);
    return slot;
  }

  /** Hands on to a slot that waits. */
  grant(slot: number): void {
    this.#unlink(slot);
    this.#stamp(slot);
    this.set(slot, Field.Depth, 0);
    Atomics.store(this.stateArray(slot), this.stateIndex(slot), State.Held);
    this.#count(Word.Held, 1);
    // All that wait there: one may be what is left of an earlier wait for the same slot.
    Atomics.notify(this.stateArray(slot), this.stateIndex(slot));
  }

  /** Frees a slot that holds. */
  drop(slot: number): void {
    this.#count(Word.Held, -1);
    this.#free(slot);
  }

  /** Takes a slot out that waits. */
  withdraw(slot: number): void {
    this.#unlink(slot);
    this.#free(slot);
    Atomics.notify(this.stateArray(slot), this.stateIndex(slot));
  }

  /** The oldest slot of a state, of a thread or of any (0); 0 where there is none. */
  find(state: number, thread: number): number {
    let oldest = 0;
    for (let slot = 1; slot <= this.used; slot += 1) {
      if (this.get(slot, Field.State) !== state) continue;
      if (thread !== 0 && this.get(slot, Field.Thread) !== thread) continue;
      if (oldest === 0 || this.#isBefore(slot, oldest)) oldest = slot;
    }
    return oldest;
  }

  #isBefore(slot: number, other: number): boolean {
    return ((this.get(slot, Field.Ticket) - this.get(other, Field.Ticket)) | 0) < 0;
  }

  #take(mode: number): number {
    const { words } = this;
    let slot = words[Word.Free] ?? 0;
    if (slot === 0) slot = this.#grow();
    else words[Word.Free] = this.get(slot, Field.Next);
    const ticket = ((words[Word.Ticket] ?? 0) + 1) | 0;
    words[Word.Ticket] = ticket;
    this.set(slot, Field.Thread, thisThread);
    this.set(slot, Field.Ticket, ticket);
    this.set(slot, Field.Mode, mode);
    this.#stamp(slot);
    return slot;
  }

  #grow(): number {
    const slot = this.used + 1;
    if (slot > MAX_SLOTS) {
      this.leave();
      throw new RangeError(`more than ${MAX_SLOTS} callers wait or hold at one place`);
    }
    const needed = (slot - FIXED_SLOTS) * SLOT_BYTES;
    const { more } = this.memory;
    if (needed > more.byteLength) {
      more.grow(Math.min(more.maxByteLength, more.byteLength * 2 + GROW_SLOTS * SLOT_BYTES));
    }
    this.words[Word.Used] = slot;
    return slot;
  }

  #free(slot: number): void {
    const { words } = this;
    Atomics.store(this.stateArray(slot), this.stateIndex(slot), State.Free);
    this.set(slot, Field.Next, words[Word.Free] ?? 0);
    words[Word.Free] = slot;
  }

  #append(slot: number): void {
    const { words } = this;
    const tail = words[Word.Tail] ?? 0;
    this.set(slot, Field.Next, 0);
    this.set(slot, Field.Previous, tail);
    if (tail === 0) words[Word.Head] = slot;
    else this.set(tail, Field.Next, slot);
    words[Word.Tail] = slot;
    this.#count(Word.Waiting, 1);
  }

  #unlink(slot: number): void {
    const { words } = this;
    const next = this.get(slot, Field.Next);
    const previous = this.get(slot, Field.Previous);
    if (previous === 0) words[Word.Head] = next;
    else this.set(previous, Field.Next, next);
    if (next === 0) words[Word.Tail] = previous;
    else this.set(next, Field.Previous, previous);
    this.#count(Word.Waiting, -1);
  }

  #count(word: number, by: number): void {
    this.words[word] = (this.words[word] ?? 0) + by;
  }

  // The dead.

  /** Frees the slots of dead threads, if there are deaths that nobody has looked after here. */
  reap(): void {
    if (this.#registry.deaths === Atomics.load(this.words, Word.Deaths)) return;
    this.enter();
    this.reapInside();
    this.leave();
  }

  /** The same for whoever is inside the monitor. */
  reapInside(): void {
    const { deaths } = this.#registry;
    if (this.words[Word.Deaths] === deaths) return;
    // First: should this thread die here, another number of deaths calls for the next one.
    this.words[Word.Deaths] = deaths;
    for (let slot = 1; slot <= this.used; slot += 1) {
      const state = this.get(slot, Field.State);
      if (state === State.Free || !this.#registry.isDead(this.get(slot, Field.Thread) - 1))
        continue;
      this.#rules.died(slot);
      if (state === State.Waiting) this.withdraw(slot);
      else this.drop(slot);
    }
    this.#rules.recount?.();
    this.#rules.settle();
  }

  /** Makes all lists and counts anew. */
  #repair(): void {
    const { words } = this;
    words[Word.Head] = 0;
    words[Word.Tail] = 0;
    words[Word.Free] = 0;
    words[Word.Waiting] = 0;
    words[Word.Held] = 0;
    const waiting: number[] = [];
    for (let slot = 1; slot <= this.used; slot += 1) {
      const state = this.get(slot, Field.State);
      if (state === State.Waiting) waiting.push(slot);
      else if (state === State.Held) this.#count(Word.Held, 1);
      else this.#free(slot);
    }
    waiting.sort((one, other) => (this.#isBefore(one, other) ? -1 : 1));
    for (const slot of waiting) this.#append(slot);
    this.#rules.recount?.();
    this.reapInside();
    this.#rules.settle();
  }
}

const NO_RULES: Rules = { settle: () => undefined, died: () => undefined };

function createMemory(): SharedMemory {
  const maxByteLength = (MAX_SLOTS - FIXED_SLOTS) * SLOT_BYTES;
  return {
    fixed: new SharedArrayBuffer(FIXED_BYTES),
    more: new SharedArrayBuffer(0, { maxByteLength }),
    registry: ownRegistry().memory,
  };
}
