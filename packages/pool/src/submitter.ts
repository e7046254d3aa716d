import type { Future } from "./future.js";
import type { ItemOf, Streamable, StreamIterator } from "./streams/stream.js";
import type { AnyIterable, ResultIterator } from "./map/result-iterator.js";
import type { Task } from "./task.js";
import type { TaskOptions } from "./task-options.js";

/** One iterable for each parameter of the task; they are read side by side. Parameters that are optional may be left out at the end. */
export type IterablesOf<A extends unknown[]> = { [K in keyof A]: AnyIterable<A[K]> };

/** The ways to hand in work, with options bound: what `executor.with(options)` returns. */
export interface Submitter {
  submit<A extends unknown[], R>(task: Task<A, R>, ...args: A): Future<Awaited<R>>;
  run<A extends unknown[], R>(task: Task<A, R>, ...args: A): Promise<Awaited<R>>;
  runSync<A extends unknown[], R>(task: Task<A, R>, ...args: A): Awaited<R>;
  submitWhenReady<A extends unknown[], R>(
    task: Task<A, R>,
    ...args: A
  ): Promise<Future<Awaited<R>>>;
  map<A extends unknown[], R>(
    task: Task<A, R>,
    ...iterables: IterablesOf<A>
  ): ResultIterator<Awaited<R>>;
  stream<A extends unknown[], R extends Streamable>(
    task: Task<A, R>,
    ...args: A
  ): StreamIterator<ItemOf<R>>;
  with(options: TaskOptions): Submitter;
}

/** The same for executors of this thread, which take any function. */
export interface FunctionSubmitter {
  submit<A extends unknown[], R>(task: (...args: A) => R, ...args: A): Future<Awaited<R>>;
  run<A extends unknown[], R>(task: (...args: A) => R, ...args: A): Promise<Awaited<R>>;
  runSync<A extends unknown[], R>(task: (...args: A) => R, ...args: A): Awaited<R>;
  submitWhenReady<A extends unknown[], R>(
    task: (...args: A) => R,
    ...args: A
  ): Promise<Future<Awaited<R>>>;
  map<A extends unknown[], R>(
    task: (...args: A) => R,
    ...iterables: IterablesOf<A>
  ): ResultIterator<Awaited<R>>;
  stream<A extends unknown[], R extends Streamable>(
    task: (...args: A) => R,
    ...args: A
  ): StreamIterator<ItemOf<R>>;
  with(options: TaskOptions): FunctionSubmitter;
}
