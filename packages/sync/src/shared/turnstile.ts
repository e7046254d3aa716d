import { Field } from "./layout.js";
import type { Deadline } from "./limits.js";
import type { SharedMemory } from "./memory.js";
import { Monitor, type Rules } from "./monitor.js";
import { waitAsync, waitSync, type Wait } from "./waiting.js";

/** Where callers wait for something that they then go on with: a slot that was granted is freed as soon as its caller goes on. */
export abstract class Turnstile implements Rules {
  readonly monitor: Monitor;
  /** As in `an Event`. */
  readonly what: string;

  protected constructor(kind: number, what: string, memory: SharedMemory | undefined) {
    this.monitor = new Monitor(kind, memory);
    this.what = what;
    this.monitor.obey(this);
  }

  abstract settle(): void;
  abstract died(slot: number): void;

  /** Inside the monitor: a wait was given up. */
  protected gaveUp(): void {
    this.settle();
  }

  /** Blocks the thread until a slot is granted, frees it, and gives its mode. */
  passSync(slot: number, deadline: Deadline): number {
    this.grantedSync(slot, deadline);
    return this.#collect(slot);
  }

  /** Waits until a slot is granted, frees it, and gives its mode. */
  async pass(slot: number, deadline: Deadline, signal: AbortSignal | undefined): Promise<number> {
    await this.granted(slot, deadline, signal);
    return this.#collect(slot);
  }

  /** Blocks the thread until a slot is granted. */
  grantedSync(slot: number, deadline: Deadline): void {
    waitSync(this.#wait(slot), deadline);
  }

  /** Waits until a slot is granted. */
  granted(slot: number, deadline: Deadline, signal: AbortSignal | undefined): Promise<void> {
    return waitAsync(this.#wait(slot), deadline, signal);
  }

  protected grantAll(): void {
    for (let slot; (slot = this.monitor.head) !== 0;) this.monitor.grant(slot);
  }

  #collect(slot: number): number {
    const { monitor } = this;
    monitor.enter();
    const mode = monitor.get(slot, Field.Mode);
    monitor.drop(slot);
    monitor.leave();
    return mode;
  }

  #wait(slot: number): Wait {
    const gaveUp = (): void => {
      this.gaveUp();
    };
    return { monitor: this.monitor, slot, what: this.what, gaveUp };
  }
}
