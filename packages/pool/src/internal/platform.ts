import * as timers from "node:timers";

/**
 * What the engine needs of its platform, taken once when this module is loaded. A test or a task may replace the globals
 * later, as fake timers do; looked up at each call, they would let calls hang.
 *
 * The timers are those of `node:timers`, as globals are replaced most often.
 */
const { process } = globalThis;

export const setTimeout = genuine("setTimeout", timers.setTimeout);
export const clearTimeout = genuine("clearTimeout", timers.clearTimeout);
export const setInterval = genuine("setInterval", timers.setInterval);
export const clearInterval = genuine("clearInterval", timers.clearInterval);
export const setImmediate = genuine("setImmediate", timers.setImmediate);

const hrtime: () => [seconds: number, nanoseconds: number] = genuine(
  "hrtime",
  Reflect.get(process, "hrtime") as () => [number, number],
);

export const exitProcess = process.exit.bind(process);
export const killProcess = process.kill.bind(process);
const foundNextTick: unknown = Reflect.get(process, "nextTick");
export const nextTick = genuine("nextTick", foundNextTick as NodeJS.Process["nextTick"]);
export const emitWarning = process.emitWarning.bind(process);

export const structuredClone = globalThis.structuredClone;
export const AbortController = globalThis.AbortController;
export const { apply, get: readProperty } = Reflect;
export const parseJson = JSON.parse;
export const toJson = JSON.stringify;

/** How arrays and typed arrays are iterated where nobody has replaced it. */
export const iterateArray: unknown = Reflect.get(Array.prototype, Symbol.iterator);
export const iterateTypedArray: unknown = Reflect.get(Uint8Array.prototype, Symbol.iterator);
const copyOfArray = Array.prototype.toSpliced as () => unknown[];

/** Copies an array; unlike `slice`, never into a class of the user's. A hole becomes undefined. */
export function copyArray(values: readonly unknown[]): unknown[] {
  return apply(copyOfArray, values, []);
}

/** An object of our own, as a task may write into the global one. */
export const Atomics = {
  add: globalThis.Atomics.add,
  compareExchange: globalThis.Atomics.compareExchange,
  exchange: globalThis.Atomics.exchange,
  load: globalThis.Atomics.load,
  notify: globalThis.Atomics.notify,
  or: globalThis.Atomics.or,
  store: globalThis.Atomics.store,
  wait: globalThis.Atomics.wait,
} as const;

/**
 * Milliseconds on a clock that never goes back and that all threads of the process share; `performance.now()` starts anew in
 * each, and its first use costs a thread 100 KB.
 */
export function monotonicMs(): number {
  const time = hrtime();
  return time[0] * 1e3 + time[1] / 1e6;
}

/**
 * Says whether `process.nextTick` is a fake one at the moment. Node's own streams use that, so no end of a stream will be told
 * then.
 */
export function streamsStandStill(): boolean {
  return process.nextTick !== nextTick;
}

const resolved = Promise.resolve();

/** Runs a function in a microtask. By `await`, which is syntax: nobody can replace it. */
export function queueMicrotask(run: () => void): void {
  void runLater(run);
}

/**
 * Tells of the end of what may be a promise, as `then` would, which can be replaced. A thenable is followed to its end, and
 * heard only once.
 */
export async function whenSettled<T>(
  promise: T | PromiseLike<T>,
  fulfilled: (value: Awaited<T>) => void,
  rejected: (error: unknown) => void,
): Promise<void> {
  let value: Awaited<T>;
  try {
    value = await promise;
  } catch (error) {
    rejected(error);
    return;
  }
  fulfilled(value);
}

/** Leaves out warnings of Node that begin so. */
export function dropWarnings(start: string): void {
  const emit = process.emitWarning.bind(process) as (...args: unknown[]) => void;
  process.emitWarning = (warning: unknown, ...rest: unknown[]): void => {
    if (!String(warning).startsWith(start)) apply(emit, undefined, [warning].concat(rest));
  };
}

/** Lets a promise end as it may: nobody is there to be told. */
export function leaveAlone(promise: PromiseLike<unknown>): void {
  void whenSettled(promise, nothing, nothing);
}

function nothing(): void {
  // See leaveAlone().
}

async function runLater(run: () => void): Promise<void> {
  await resolved;
  run();
}

/**
 * Fake timers may have been there first. Those of @sinonjs/fake-timers, which are in Jest and Vitest, too, keep what they have
 * replaced on their clock.
 */
function genuine<F extends (...args: never[]) => unknown>(name: string, found: F): F {
  const clock: unknown = Reflect.get(found, "clock");
  if (typeof clock !== "object" || clock === null) return found;
  const kept: unknown = Reflect.get(clock, `_${name}`);
  return typeof kept === "function" ? (kept as F) : found;
}
