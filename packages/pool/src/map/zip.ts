import type { AnyIterable } from "./result-iterator.js";
import { describe } from "../internal/validate.js";

/** Sets of items, one from each iterable, until the shortest ends. */
export type ZippedSource<A> =
  | { readonly kind: "sync"; next(): A | undefined; close(): void }
  | { readonly kind: "async"; next(): Promise<A | undefined>; close(): Promise<void> };

/** Opens the iterables to be read side by side, as Python's zip does; one async iterable makes it all async. */
export function zip<A extends unknown[]>(iterables: readonly unknown[]): ZippedSource<A> {
  iterables.forEach((iterable, index) => {
    if (!isIterable(iterable)) {
      throw new TypeError(`map() takes iterables; number ${index + 1} is ${describe(iterable)}`);
    }
  });
  const opened = (iterables as readonly AnyIterable<unknown>[]).map(open);
  const [first] = opened;
  if (opened.length === 1 && first?.kind === "sync") return single<A>(first.iterator);
  return opened.every((one) => one.kind === "sync") ? zipSync<A>(opened) : zipAsync<A>(opened);
}

type Opened =
  | { kind: "sync"; iterator: Iterator<unknown> }
  | { kind: "async"; iterator: AsyncIterator<unknown> };

function open(iterable: AnyIterable<unknown>): Opened {
  // A string can be iterated as well, but not searched with `in`.
  return typeof iterable === "object" && Symbol.asyncIterator in iterable
    ? { kind: "async", iterator: iterable[Symbol.asyncIterator]() }
    : { kind: "sync", iterator: iterable[Symbol.iterator]() };
}

function isIterable(value: unknown): boolean {
  if (typeof value === "string") return true;
  return (
    typeof value === "object" &&
    value !== null &&
    (Symbol.iterator in value || Symbol.asyncIterator in value)
  );
}

/** Nearly all maps read one iterable, and then there is nothing to keep in step. */
function single<A extends unknown[]>(iterator: Iterator<unknown>): ZippedSource<A> {
  let ended = false;
  return {
    kind: "sync",
    close() {
      if (ended) return;
      ended = true;
      iterator.return?.();
    },
    next() {
      if (ended) return undefined;
      // An iterator that throws is finished; one that is done needs no closing.
      ended = true;
      const step = iterator.next();
      if (step.done) return undefined;
      ended = false;
      return [step.value] as A;
    },
  };
}

function zipSync<A extends unknown[]>(
  opened: readonly { iterator: Iterator<unknown> }[],
): ZippedSource<A> {
  const live = new Set(opened.map(({ iterator }) => iterator));
  const close = (): void => {
    const left = [...live];
    live.clear();
    for (const iterator of left) iterator.return?.();
  };
  return {
    kind: "sync",
    close,
    next() {
      if (live.size === 0) return undefined;
      const items: unknown[] = [];
      for (const iterator of [...live]) {
        const step = nextOrForget(live, iterator, () => iterator.next());
        if (step.done) {
          live.delete(iterator);
          close();
          return undefined;
        }
        items.push(step.value);
      }
      // One item from each iterable, which are typed by the parameters of the task.
      return items as A;
    },
  };
}

function zipAsync<A extends unknown[]>(opened: readonly Opened[]): ZippedSource<A> {
  const live = new Set(opened.map(({ iterator }) => iterator));
  const close = async (): Promise<void> => {
    const left = [...live];
    live.clear();
    for (const iterator of left) await iterator.return?.();
  };
  return {
    kind: "async",
    close,
    async next() {
      if (live.size === 0) return undefined;
      const items: unknown[] = [];
      for (const iterator of [...live]) {
        let step: IteratorResult<unknown>;
        try {
          step = await iterator.next();
        } catch (error) {
          live.delete(iterator);
          await close();
          throw error;
        }
        if (step.done) {
          live.delete(iterator);
          await close();
          return undefined;
        }
        items.push(step.value);
      }
      // One item from each iterable, which are typed by the parameters of the task.
      return items as A;
    },
  };
}

/** An iterator that throws is finished, and the others must be told so. */
function nextOrForget<S>(
  live: Set<Iterator<unknown>>,
  iterator: Iterator<unknown>,
  next: () => S,
): S {
  try {
    return next();
  } catch (error) {
    live.delete(iterator);
    for (const other of live) other.return?.();
    live.clear();
    throw error;
  }
}
