import type { Future } from "../future.js";
import { CreditWindow } from "./credit-window.js";
import { ItemQueue, type Upstream } from "./item-queue.js";

/** What a task of `stream` returns: what its generator function makes, or a promise of it. */
export type Streamable =
  | Iterable<unknown>
  | AsyncIterable<unknown>
  | PromiseLike<Iterable<unknown> | AsyncIterable<unknown>>;

/** What comes out of it. */
export type ItemOf<R> =
  Awaited<R> extends AsyncIterable<infer Y>
    ? Y
    : Awaited<R> extends Iterable<infer Y>
      ? Awaited<Y>
      : never;

/** The items of `stream`: one pass, to be read with `for await` or `next()`. */
export interface StreamIterator<Y> extends AsyncIterator<Y, undefined>, AsyncDisposable {
  next(): Promise<IteratorResult<Y, undefined>>;
  /** Ends the generator, as leaving a `for await` loop does; settles when its `finally` blocks have run. */
  return(): Promise<IteratorResult<Y, undefined>>;
  /** Does the same, with a reason for `currentTask().signal`, and rejects with it. */
  throw(reason: unknown): Promise<IteratorResult<Y, undefined>>;
  [Symbol.asyncIterator](): StreamIterator<Y>;
}

/**
 * Ends the streams whose iterators nobody holds any more: what is left of them could never be read. Their calls hold the queues;
 * were they held here, an iterator could be held for ever: the stack of an AbortError in the outcome of a call leads to it.
 */
const abandoned = new FinalizationRegistry<WeakRef<ItemQueue>>((queue) => {
  queue.deref()?.abandon();
});

/** Makes the reading end of a stream for a user; `bufferSize` items may be on their way or unread. */
export function openStream(
  upstream: Upstream,
  bufferSize: number | undefined,
): { iterator: StreamIterator<unknown>; queue: ItemQueue; credit: number } {
  const window = new CreditWindow(bufferSize);
  const queue = new ItemQueue(window, upstream);
  const iterator = new StreamHandle(queue);
  abandoned.register(iterator, new WeakRef(queue));
  return { iterator, queue, credit: window.granted };
}

/** Gives what a user may hold of a queue. */
export function readerOf(queue: ItemQueue): StreamIterator<unknown> {
  return new StreamHandle(queue);
}

/** Ends a stream as its call has ended; to a reader who has left, being stopped is no failure. */
export function endWith(queue: ItemQueue, future: Future<unknown>): void {
  const { outcome } = future;
  if (outcome?.status !== "rejected" || (queue.left && future.cancelled())) queue.finish();
  else queue.finish({ error: outcome.reason });
}

/** What the user holds: the call knows the queue only, so that this can be collected. */
class StreamHandle implements StreamIterator<unknown> {
  readonly #queue: ItemQueue;

  constructor(queue: ItemQueue) {
    this.#queue = queue;
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    return this.#queue.next();
  }

  return(): Promise<IteratorResult<unknown, undefined>> {
    return this.#queue.return();
  }

  throw(reason: unknown): Promise<IteratorResult<unknown, undefined>> {
    return this.#queue.throw(reason);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#queue[Symbol.asyncDispose]();
  }
}
