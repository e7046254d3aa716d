import { refuseLoss } from "../../codec/lost-in-copy.js";
import { structuredClone } from "../../internal/platform.js";

/**
 * Copies a value as a message copies it.
 *
 * @throws What structured clone throws, and a TypeError where it would leave an empty object in the place of a full one.
 */
export function clone<T>(value: T): T {
  refuseLoss(value, structuredClone);
  return structuredClone(value);
}

/** Throws where a message between threads would leave an empty object in the place of a full one: see `refuseLoss`. */
export function refuseLossBetweenThreads(value: unknown): void {
  refuseLoss(value, structuredClone);
}
