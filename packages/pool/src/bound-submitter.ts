import type { ItemOf, Streamable, StreamIterator } from "./streams/stream.js";
import type { Future } from "./future.js";
import type { ResultIterator } from "./map/result-iterator.js";
import type { FunctionSubmitter, IterablesOf } from "./submitter.js";
import { checkTaskOptions, type TaskOptions } from "./task-options.js";

/** What an executor lends to its submitters. */
export interface SubmitterHost {
  submitWith<A extends unknown[], R>(
    options: TaskOptions,
    task: (...args: A) => R,
    args: A,
  ): Future<Awaited<R>>;
  runSyncWith<A extends unknown[], R>(
    options: TaskOptions,
    task: (...args: A) => R,
    args: A,
  ): Awaited<R>;
  submitWhenReadyWith<A extends unknown[], R>(
    options: TaskOptions,
    task: (...args: A) => R,
    args: A,
  ): Promise<Future<Awaited<R>>>;
  mapWith<A extends unknown[], R>(
    options: TaskOptions,
    task: (...args: A) => R,
    iterables: IterablesOf<A>,
  ): ResultIterator<Awaited<R>>;
  streamWith<A extends unknown[], R extends Streamable>(
    options: TaskOptions,
    task: (...args: A) => R,
    args: A,
  ): StreamIterator<ItemOf<R>>;
}

/** Binds options to the calls of one executor; never changed, only added to by making another. */
export class BoundSubmitter implements FunctionSubmitter {
  readonly #host: SubmitterHost;
  readonly #options: TaskOptions;

  constructor(host: SubmitterHost, options: TaskOptions) {
    this.#host = host;
    this.#options = options;
  }

  submit<A extends unknown[], R>(task: (...args: A) => R, ...args: A): Future<Awaited<R>> {
    return this.#host.submitWith(this.#options, task, args);
  }

  run<A extends unknown[], R>(task: (...args: A) => R, ...args: A): Promise<Awaited<R>> {
    return this.submit(task, ...args).result();
  }

  runSync<A extends unknown[], R>(task: (...args: A) => R, ...args: A): Awaited<R> {
    return this.#host.runSyncWith(this.#options, task, args);
  }

  submitWhenReady<A extends unknown[], R>(
    task: (...args: A) => R,
    ...args: A
  ): Promise<Future<Awaited<R>>> {
    return this.#host.submitWhenReadyWith(this.#options, task, args);
  }

  map<A extends unknown[], R>(
    task: (...args: A) => R,
    ...iterables: IterablesOf<A>
  ): ResultIterator<Awaited<R>> {
    return this.#host.mapWith(this.#options, task, iterables);
  }

  stream<A extends unknown[], R extends Streamable>(
    task: (...args: A) => R,
    ...args: A
  ): StreamIterator<ItemOf<R>> {
    return this.#host.streamWith(this.#options, task, args);
  }

  with(options: TaskOptions): BoundSubmitter {
    checkTaskOptions(options);
    return new BoundSubmitter(this.#host, { ...this.#options, ...options });
  }
}
