import { types } from "node:util";
import { isFuture, type Future } from "./future.js";
import { describe } from "./internal/validate.js";

/** Reads the futures of an iterable, each once, in order. */
export function collectFutures<F extends Future<unknown>>(
  where: string,
  futures: Iterable<F>,
): Set<F> {
  if (!isIterableObject(futures)) {
    throw new TypeError(`${where} takes an iterable of futures, not ${describe(futures)}`);
  }
  if (types.isMap(futures)) {
    throw new TypeError(`${where} takes an iterable of futures: give it the keys() of the map`);
  }
  const collected = new Set<F>();
  for (const future of futures) {
    if (!isFuture(future)) {
      throw new TypeError(`${where} takes futures; one of the items is ${describe(future)}`);
    }
    collected.add(future);
  }
  return collected;
}

function isIterableObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}
