import { BrokenBarrierError } from "./errors.js";
import { Field, Kind, Word } from "./shared/layout.js";
import { NO_LIMIT, type SyncWaitOptions, type WaitOptions } from "./shared/limits.js";
import type { SharedMemory } from "./shared/memory.js";
import { memoryOf, registerShareable } from "./shared/shareable.js";
import { Turnstile } from "./shared/turnstile.js";
import { deadlineOf } from "./shared/waiting.js";

const NAME = "@concur/sync:Barrier";

/**
 * Lets callers go on when so many of them have come, again and again. Python's `threading.Barrier`.
 *
 * One that gives up, is aborted, or dies while it waits here breaks it: all who wait are told, and all who come later until `reset()`.
 *
 * @example
 * const barrier = new Barrier(2);
 * const places = await Promise.all([barrier.wait(), barrier.wait()]);
 * places; // => [0, 1]
 */
export class Barrier {
  /** @internal */
  readonly concurShareable = NAME;
  /** @internal */
  readonly memory: SharedMemory;
  readonly #gate: Gate;

  /**
   * @param parties - How many go on together; or the memory of a copy that a message has brought: see `from()`.
   * @throws {RangeError} When that is no whole number, or less than 1.
   */
  constructor(parties: number | SharedMemory) {
    this.#gate = new Gate(parties);
    this.memory = this.#gate.monitor.memory;
  }

  /** Gives the barrier of which a message brought a copy, or the barrier itself. @throws {TypeError} For anything else. */
  static from(value: unknown): Barrier {
    return value instanceof Barrier ? value : new Barrier(memoryOf(value, NAME));
  }

  get parties(): number {
    return this.#gate.parties;
  }

  /** How many wait at the moment. Python's `n_waiting`. */
  get waiting(): number {
    return this.#gate.monitor.waiting;
  }

  get broken(): boolean {
    return this.#gate.isBroken;
  }

  /**
   * Waits for the others.
   *
   * @returns How many had come before, as in Python: so exactly one of them gets 0.
   * @throws {BrokenBarrierError} When it is or gets broken.
   * @throws {TimeoutError} After `timeoutMs`; the reason of `signal`, or that for which the task at hand is to stop. The barrier is broken then.
   */
  async wait(options: WaitOptions = NO_LIMIT): Promise<number> {
    const deadline = deadlineOf(options);
    const { place, slot } = this.#gate.join();
    return slot === 0 ? place : placeOf(await this.#gate.pass(slot, deadline, options.signal));
  }

  /** The same, blocking the thread. */
  waitSync(options: SyncWaitOptions = NO_LIMIT): number {
    const deadline = deadlineOf(options);
    const { place, slot } = this.#gate.join();
    return slot === 0 ? place : placeOf(this.#gate.passSync(slot, deadline));
  }

  /** Breaks the barrier. */
  abort(): void {
    this.#gate.break();
  }

  /** Makes the barrier whole again. Those who wait get a BrokenBarrierError. */
  reset(): void {
    this.#gate.reset();
  }
}

const BROKEN = Word.Own;
const PARTIES = Word.Own + 1;
/** Whether all have come, and not all of them were let go yet. */
const OPEN = Word.Own + 2;

/** In the place of the number of a party: it was broken while that waited. */
const SENT_AWAY = -1;
const MOST = 60_000;

class Gate extends Turnstile {
  constructor(parties: number | SharedMemory) {
    if (typeof parties === "number" && !(Number.isInteger(parties) && parties >= 1)) {
      throw new RangeError(`parties must be a whole number of at least 1, not ${parties}`);
    }
    if (typeof parties === "number" && parties > MOST) {
      throw new RangeError(`there cannot be more than ${MOST} parties`);
    }
    super(Kind.Barrier, "a Barrier", typeof parties === "number" ? undefined : parties);
    if (typeof parties === "number") this.monitor.words[PARTIES] = parties;
  }

  get parties(): number {
    return this.monitor.words[PARTIES] ?? 0;
  }

  get isBroken(): boolean {
    return Atomics.load(this.monitor.words, BROKEN) === 1;
  }

  /** Comes to the gate: with a slot where it has to wait, without where it was the last. */
  join(): { place: number; slot: number } {
    const { monitor } = this;
    monitor.enter();
    monitor.reapInside();
    const place = monitor.waiting;
    let slot = 0;
    const broken = this.isBroken;
    if (!broken) {
      if (place + 1 < this.parties) {
        slot = monitor.enqueue(place);
      } else {
        monitor.words[OPEN] = 1;
        this.settle();
      }
    }
    monitor.leave();
    if (broken) throw brokenError();
    return { place, slot };
  }

  break(): void {
    const { monitor } = this;
    monitor.enter();
    this.#break();
    monitor.leave();
  }

  reset(): void {
    const { monitor } = this;
    monitor.enter();
    this.#break();
    Atomics.store(monitor.words, BROKEN, 0);
    monitor.leave();
  }

  override settle(): void {
    const { monitor } = this;
    if (monitor.words[OPEN] === 1) {
      this.grantAll();
      monitor.words[OPEN] = 0;
    } else if (this.isBroken) {
      for (let slot; (slot = monitor.head) !== 0;) {
        monitor.set(slot, Field.Mode, SENT_AWAY);
        monitor.grant(slot);
      }
    }
  }

  override died(slot: number): void {
    if (this.monitor.isWaiting(slot) && this.monitor.words[OPEN] !== 1) {
      Atomics.store(this.monitor.words, BROKEN, 1);
    }
  }

  protected override gaveUp(): void {
    this.#break();
  }

  #break(): void {
    Atomics.store(this.monitor.words, BROKEN, 1);
    this.settle();
  }
}

function placeOf(mode: number): number {
  if (mode === SENT_AWAY) throw brokenError();
  return mode;
}

function brokenError(): BrokenBarrierError {
  return new BrokenBarrierError(
    "the barrier is broken: one of its parties did not wait to the end",
  );
}

registerShareable(NAME, (form) => Barrier.from(form));
