import { Monitor } from "../../src/shared/monitor.js";
import type { SharedMemory } from "../../src/shared/memory.js";
import { Word } from "../../src/shared/layout.js";

/** How many wait at something. No user can see it of a lock, and no test can be true without. */
export function waitersOf(thing: { readonly memory: SharedMemory }): number {
  const kind = new Int32Array(thing.memory.fixed)[Word.Kind] ?? 0;
  return new Monitor(kind, thing.memory).waiting;
}

/** Waits until something is so, however long that takes. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Waits until so many wait at something. */
export async function untilWaiting(
  thing: { readonly memory: SharedMemory },
  count: number,
): Promise<void> {
  await until(() => waitersOf(thing) === count);
}

/** Gives what a promise rejects with. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it did not reject");
}
