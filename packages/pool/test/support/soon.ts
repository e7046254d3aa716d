import { setImmediate as immediate } from "node:timers/promises";

/** Says whether a promise settles before the event loop turns, that is without waiting for anything outside. */
export async function settlesAtOnce(promise: Promise<unknown>): Promise<boolean> {
  const settled = promise.then(
    () => true,
    () => true,
  );
  return Promise.race([settled, immediate(false)]);
}

/** Lets the event loop turn once. */
export async function nextTurn(): Promise<void> {
  await immediate();
}
