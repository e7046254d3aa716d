import type { Hold, Holding } from "./shared/holding.js";

/** What only the classes of this package do with a guard. */
interface GuardControl {
  create(holding: Holding, hold: Hold): Guard;
  /** Whether it still holds this. */
  isOf(guard: unknown, holding: Holding): boolean;
  holdOf(guard: Guard): Hold;
  /** Gives a guard what it holds from now on. */
  renew(guard: Guard, hold: Hold): void;
}

/** Set by the class, which alone can reach into a guard. */
export let guardControl: GuardControl;

/**
 * Stands for something that is held until it is given back. With `using` that happens at the end of the block.
 *
 * It belongs to its thread, and cannot be sent to another. One that is forgotten holds until its thread ends.
 *
 * @example
 * const lock = new Lock();
 * const guard = await lock.acquire();
 * guard.abandoned; // => false
 * guard.release();
 * lock.locked; // => false
 */
export class Guard implements Disposable {
  readonly #holding: Holding;
  readonly #hold: Hold;
  #released = false;
  #abandoned: boolean;

  private constructor(holding: Holding, hold: Hold) {
    this.#holding = holding;
    this.#hold = hold;
    this.#abandoned = holding.isAbandoned(hold);
  }

  static {
    guardControl = {
      create: (holding, hold) => new Guard(holding, hold),
      isOf: (guard, { monitor }) =>
        guard instanceof Guard &&
        !guard.#released &&
        guard.#holding.monitor.id === monitor.id &&
        guard.#holding.isHeld(guard.#hold),
      holdOf: (guard) => guard.#hold,
      renew: (guard, { slot, ticket }) => {
        Object.assign(guard.#hold, { slot, ticket });
        guard.#abandoned = guard.#abandoned || guard.#holding.isAbandoned(guard.#hold);
      },
    };
  }

  /**
   * Whether the owner before died while it held this: what the lock protects may be half changed. It is told once, to the next
   * owner.
   */
  get abandoned(): boolean {
    return this.#abandoned;
  }

  /** Gives it back. A second time changes nothing. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#holding.release(this.#hold);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
