import type { CreditWindow } from "./credit-window.js";
import { leaveAlone } from "../internal/platform.js";

/** The way back to whoever sends. */
export interface Upstream {
  /** The sender may have sent so many items in all. */
  grant(total: number): void;
  /** The reader wants no more; the queue is to be finished when the sender has ended. */
  leave(reason: unknown): void;
  /** Says whether somebody waits for an item or the end, whenever that changes. */
  awaited?(waits: boolean): void;
}

interface Waiter<Y> {
  readonly resolve: (result: IteratorResult<Y, undefined>) => void;
  readonly reject: (reason: unknown) => void;
}

const DONE = { done: true, value: undefined } as const;

/** The reading end of a stream: items come in batches and go out one by one, against credit. */
export class ItemQueue<Y = unknown> implements AsyncIterableIterator<Y, undefined> {
  readonly #window: CreditWindow;
  readonly #upstream: Upstream;
  #batch: (Y | undefined)[] = [];
  #at = 0;
  readonly #later: Y[][] = [];
  /** Those who came before their items. While there are any, there are no items. */
  readonly #waiting: Waiter<Y>[] = [];
  readonly #leaving: Waiter<Y>[] = [];
  #left = false;
  #finished = false;
  #failure: { error: unknown } | undefined;
  #abandoned = false;

  constructor(window: CreditWindow, upstream: Upstream) {
    this.#window = window;
    this.#upstream = upstream;
  }

  /** Whether the reader has left before the end. */
  get left(): boolean {
    return this.#left;
  }

  /** Takes what has come. */
  push(items: Y[]): void {
    // What was under way when the reader left is nobody's.
    if (this.#left || this.#finished || items.length === 0) return;
    if (this.#at === this.#batch.length) {
      this.#batch = items;
      this.#at = 0;
    } else this.#later.push(items);
    if (this.#waiting.length === 0) return;
    while (this.#at < this.#batch.length) {
      const waiter = this.#waiting.shift();
      if (waiter === undefined) return;
      waiter.resolve({ done: false, value: this.#take() });
    }
    this.#rest();
  }

  /** The sender has ended; its failure comes after the items. */
  finish(failure?: { error: unknown }): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#failure = failure;
    for (const waiter of this.#leaving.splice(0)) this.#end(waiter);
    for (const waiter of this.#waiting.splice(0)) this.#end(waiter);
    this.#rest();
  }

  next(): Promise<IteratorResult<Y, undefined>> {
    if (this.#at < this.#batch.length) {
      return Promise.resolve({ done: false, value: this.#take() });
    }
    return new Promise((resolve, reject) => {
      if (this.#left || this.#finished) {
        this.#end({ resolve, reject });
        return;
      }
      this.#window.starve();
      this.#waiting.push({ resolve, reject });
      this.#upstream.awaited?.(true);
    });
  }

  return(): Promise<IteratorResult<Y, undefined>> {
    return this.#leave(undefined);
  }

  async throw(reason: unknown): Promise<IteratorResult<Y, undefined>> {
    await this.#leave(reason);
    throw reason;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#leave(undefined);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Nobody can read any more, but for those who wait already. */
  abandon(): void {
    this.#abandoned = true;
    this.#rest();
  }

  #leave(reason: unknown): Promise<IteratorResult<Y, undefined>> {
    const first = !this.#left;
    this.#left = true;
    this.#batch = [];
    this.#at = 0;
    this.#later.length = 0;
    for (const waiter of this.#waiting.splice(0)) waiter.resolve(DONE);
    // What failed before is not asked for any more.
    if (first && this.#finished) this.#failure = undefined;
    return new Promise((resolve, reject) => {
      if (this.#finished) {
        this.#end({ resolve, reject });
        return;
      }
      this.#leaving.push({ resolve, reject });
      this.#upstream.awaited?.(true);
      if (first) this.#upstream.leave(reason);
    });
  }

  /** A failure is told once. */
  #end({ resolve, reject }: Waiter<Y>): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure === undefined) resolve(DONE);
    else reject(failure.error);
  }

  #take(): Y {
    const value = this.#batch[this.#at] as Y;
    // What has been handed out must not be kept alive by what has not.
    this.#batch[this.#at] = undefined;
    this.#at += 1;
    if (this.#at === this.#batch.length) {
      this.#batch = this.#later.shift() ?? [];
      this.#at = 0;
    }
    if (this.#window.take() && !this.#finished) this.#upstream.grant(this.#window.granted);
    return value;
  }

  #rest(): void {
    if (this.#waiting.length + this.#leaving.length > 0) return;
    this.#upstream.awaited?.(false);
    if (!this.#abandoned || this.#left || this.#finished) return;
    leaveAlone(this.#leave(undefined));
  }
}
