import type { Chunk } from "../shared/messages.js";
import type { Column } from "../../map/column.js";
import { FORGOTTEN_ITEMS } from "../tuning.js";

/** The items of a map that have not been sent. */
export interface MapItems {
  readonly size: number;
  /** Adds an item: the arguments of one call. */
  add(args: readonly unknown[]): void;
  /** Takes out the first items. */
  take(count: number): Chunk;
  clear(): void;
}

/** Items that are one argument each. Nothing is made for an item, and none is touched until a worker reads it. */
export class ItemColumn implements MapItems {
  #items: Column;
  #head = 0;

  constructor(items: Column) {
    this.#items = items;
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  add(args: readonly unknown[]): void {
    // What is added to begins as an array.
    (this.#items as unknown[]).push(args[0]);
  }

  take(count: number): Chunk {
    const each = this.#items.slice(this.#head, this.#head + count);
    this.#head += count;
    if (isMostlySent(this.#head, this.#items.length)) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return { each };
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
  }
}

/** Items of several arguments. */
export class ItemLists implements MapItems {
  #items: (readonly unknown[])[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  add(args: readonly unknown[]): void {
    this.#items.push(args);
  }

  take(count: number): Chunk {
    const lists = this.#items.slice(this.#head, this.#head + count);
    this.#head += count;
    if (isMostlySent(this.#head, this.#items.length)) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return { lists };
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
  }
}

/** Whether what was sent is to be let go of. To do so costs a copy of the rest. */
function isMostlySent(head: number, length: number): boolean {
  return head > FORGOTTEN_ITEMS && head * 2 > length;
}
