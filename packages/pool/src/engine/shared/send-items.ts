import { serializationError } from "../../codec/find-uncloneable.js";
import { moveOf, movesOf } from "../../internal/moves.js";
import { refuseLossBetweenThreads } from "./clone.js";
import { snapshot } from "./snapshot.js";

/**
 * Makes what gives a copy of an item of a stream that may wait for others. A copy of what is to be moved would not be moved. It
 * throws a SerializationError for an item of which nothing would arrive.
 *
 * @param root - What an item is called in the error.
 */
export function itemKeeper(
  phase: "arguments" | "result",
  root: string,
): (item: unknown) => object | undefined {
  return (item) => {
    const copy = moveOf(item) === undefined ? snapshot(item) : undefined;
    if (copy !== undefined) return copy;
    try {
      refuseLossBetweenThreads(item);
    } catch (error) {
      throw serializationError(phase, item, root, error);
    }
    return undefined;
  };
}

/**
 * Sends a batch of a stream. Where one item cannot be sent, those before it are.
 *
 * @param post - Sends items, or throws.
 * @param root - What an item is called in the error.
 * @throws {SerializationError} For the first item that cannot be sent.
 */
export function sendItems(
  items: unknown[],
  post: (items: unknown[], transfer?: readonly object[]) => void,
  phase: "arguments" | "result",
  root: string,
): void {
  // What is moved goes in a message of its own: were it not sendable, all that goes along would be gone.
  if (movesOf(items) === undefined) {
    try {
      post(items);
      return;
    } catch {
      // One of them is the culprit.
    }
  }
  items.forEach((item) => {
    try {
      post([item], moveOf(item));
    } catch (error) {
      throw serializationError(phase, item, root, error);
    }
  });
}
