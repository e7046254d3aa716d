import type { Future } from "../../src/index.js";
import { createFuture, type Deferred } from "../../src/testing.js";

/** Makes so many futures that nobody has settled. */
export function deferreds(count: number): Deferred<number>[] {
  return Array.from({ length: count }, () => createFuture<number>());
}

export function futuresOf<T>(all: readonly Deferred<T>[]): Future<T>[] {
  return all.map(({ future }) => future);
}

/** Reads an iterator to its end, or to the error that ends it. */
export async function collect<F>(
  iterator: AsyncIterable<F>,
): Promise<{ yielded: F[]; error: unknown }> {
  const yielded: F[] = [];
  try {
    for await (const one of iterator) yielded.push(one);
  } catch (error) {
    return { yielded, error };
  }
  return { yielded, error: undefined };
}
