import { Kind, Word } from "./shared/layout.js";
import { NO_LIMIT, type SyncWaitOptions, type WaitOptions } from "./shared/limits.js";
import type { SharedMemory } from "./shared/memory.js";
import { memoryOf, registerShareable } from "./shared/shareable.js";
import { Turnstile } from "./shared/turnstile.js";
import { deadlineOf } from "./shared/waiting.js";

const NAME = "@concur/sync:Event";

/**
 * A flag that callers wait for, until somebody sets it. Python's `threading.Event`.
 *
 * @example
 * const ready = new Event();
 * const waits = ready.wait();
 * ready.set();
 * await waits;
 * ready.isSet; // => true
 */
export class Event {
  /** @internal */
  readonly concurShareable = NAME;
  /** @internal */
  readonly memory: SharedMemory;
  readonly #flag: Flag;

  /** @param memory - Of a copy that a message has brought: see `from()`. */
  constructor(memory?: SharedMemory) {
    this.#flag = new Flag(memory);
    this.memory = this.#flag.monitor.memory;
  }

  /** Gives the event of which a message brought a copy, or the event itself. @throws {TypeError} For anything else. */
  static from(value: unknown): Event {
    return value instanceof Event ? value : new Event(memoryOf(value, NAME));
  }

  get isSet(): boolean {
    return this.#flag.isUp;
  }

  /** Sets the flag: all who wait go on, whatever happens to the flag meanwhile. */
  set(): void {
    this.#flag.raise();
  }

  /** Clears the flag: who waits from now on waits for the next `set()`. */
  clear(): void {
    this.#flag.lower();
  }

  /**
   * Waits until the flag is set.
   *
   * @throws {TimeoutError} After `timeoutMs`, where Python gives `False`; the reason of `signal`, or that for which the task at hand is to stop.
   */
  async wait(options: WaitOptions = NO_LIMIT): Promise<void> {
    const deadline = deadlineOf(options);
    const slot = this.#flag.join();
    if (slot !== 0) await this.#flag.pass(slot, deadline, options.signal);
  }

  /** The same, blocking the thread. @throws {TimeoutError} After `timeoutMs`; the reason for which the task at hand is to stop. */
  waitSync(options: SyncWaitOptions = NO_LIMIT): void {
    const deadline = deadlineOf(options);
    const slot = this.#flag.join();
    if (slot !== 0) this.#flag.passSync(slot, deadline);
  }
}

const FLAG = Word.Own;

class Flag extends Turnstile {
  constructor(memory: SharedMemory | undefined) {
    super(Kind.Event, "an Event", memory);
  }

  get isUp(): boolean {
    return Atomics.load(this.monitor.words, FLAG) === 1;
  }

  raise(): void {
    const { monitor } = this;
    monitor.enter();
    Atomics.store(monitor.words, FLAG, 1);
    this.settle();
    monitor.leave();
  }

  lower(): void {
    const { monitor } = this;
    monitor.enter();
    Atomics.store(monitor.words, FLAG, 0);
    monitor.leave();
  }

  /** Gives a slot that waits; 0 where nothing is to be waited for. */
  join(): number {
    const { monitor } = this;
    monitor.enter();
    const slot = this.isUp ? 0 : monitor.enqueue(0);
    monitor.leave();
    return slot;
  }

  override settle(): void {
    if (this.isUp) this.grantAll();
  }

  override died(): void {
    // Nobody else is concerned.
  }
}

registerShareable(NAME, (form) => Event.from(form));
