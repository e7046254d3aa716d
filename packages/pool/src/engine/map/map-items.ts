import type { Chunk } from "../shared/messages.js";
import type { Column } from "../../map/column.js";
import { FORGOTTEN_ITEMS } from "../tuning.js";

type Lists = readonly (readonly unknown[])[];

/**
 * The items of a map that have not been sent. Where each is one argument, nothing is made for an item, and none is touched until a
 * worker reads it.
 */
export class MapItems {
  /** The arguments themselves, or lists of them. */
  #items: Column;
  readonly #areSingle: boolean;
  #head = 0;

  /** @param column - Items that are one argument each; undefined where they have several. */
  constructor(column: Column | undefined) {
    this.#items = column ?? [];
    this.#areSingle = column !== undefined;
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  /** Adds an item: the arguments of one call. Not to numbers that were given as a whole. */
  add(args: readonly unknown[]): void {
    (this.#items as unknown[]).push(this.#areSingle ? args[0] : args);
  }

  /** Takes out the first items. */
  take(count: number): Chunk {
    const part = this.#items.slice(this.#head, this.#head + count);
    this.#head += count;
    // What was sent is let go of now and then: to do so costs a copy of the rest.
    if (this.#head > FORGOTTEN_ITEMS && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return this.#areSingle ? { each: part } : { lists: part as Lists };
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
  }
}
