import type { ItemOf, Streamable, StreamIterator } from "./streams/stream.js";
import type { Future } from "./future.js";
import type { Admission } from "./internal/admission.js";
import { BoundSubmitter } from "./bound-submitter.js";
import { FutureResults } from "./map/future-results.js";
import { MapResults } from "./map/map-results.js";
import type { ResultIterator } from "./map/result-iterator.js";
import type { FunctionSubmitter, IterablesOf, Submitter } from "./submitter.js";
import type { Task } from "./task.js";
import { checkTaskOptions, MAP_OPTIONS, type TaskOptions } from "./task-options.js";

/** How `shutdown()` ends an executor. */
export interface ShutdownOptions {
  /** Whether the promise waits until all accepted calls are done and the workers gone. Default: true. */
  wait?: boolean | undefined;
  /** Whether calls that have not begun are cancelled. Default: false. */
  cancelFutures?: boolean | undefined;
  /** Milliseconds after which what still runs is ended as `terminateWorkers()` does. Default: no limit. */
  timeoutMs?: number | undefined;
}

/** Counts of an executor at one moment. */
export interface ExecutorStats {
  /** Workers alive; an executor of this thread counts each call that runs as a worker. */
  workers: number;
  idle: number;
  busy: number;
  /** Calls that wait for a worker. */
  pending: number;
  running: number;
  /** Calls that ended with a value, since the executor was made. */
  completed: number;
  failed: number;
  cancelled: number;
}

/**
 * Accepts calls of tasks and gives a future for each. The counterpart of Python's `concurrent.futures.Executor`.
 *
 * A subclass that implements `submit` has `run`, `map`, `with` (for the options of `map`) and, with `shutdown`,
 * `await using`.
 *
 * @example
 * const { shout } = defineTasks(import.meta.url, { shout: (word: string) => word.toUpperCase() });
 * const executor: Executor = new AsyncExecutor();
 * await executor.run(shout, "bom dia"); // => "BOM DIA"
 * await executor.map(shout, ["um", "dois"]).toArray(); // => ["UM", "DOIS"]
 */
export abstract class Executor implements AsyncDisposable {
  /** How many calls run at the same time, at most. */
  abstract readonly maxWorkers: number;

  constructor() {
    // The base is the one class here without a base of its own; by its name esbuild would rename it.
    if (Object.getPrototypeOf(new.target) === Function.prototype) {
      throw new TypeError("Executor is abstract: make an AsyncExecutor or another kind of it");
    }
  }

  /**
   * Hands in one call and returns at once.
   *
   * Calls start in the order of submission; on workers, short calls may start up to 4 ms out of order. What the task returns or throws, and an argument that it cannot be
   * given, arrive through the future.
   *
   * @throws {ExecutorShutdownError} At the call, after `shutdown()`.
   * @throws {TypeError} At the call, when `task` is not one this executor can run.
   */
  abstract submit<A extends unknown[], R>(task: Task<A, R>, ...args: A): Future<Awaited<R>>;

  /** Does what `submit(task, ...args).result()` does: the call for those who need no future. */
  run<A extends unknown[], R>(task: Task<A, R>, ...args: A): Promise<Awaited<R>> {
    return this.submit(task, ...args).result();
  }

  /**
   * Does what `submit(task, ...args).resultSync()` does: hands in a call and blocks this thread until it is done.
   *
   * It is for code that cannot be async; a server must never do so. Limit it by `with({ timeoutMs })`, which stops the call.
   *
   * @throws What the task throws.
   * @throws {DeadlockError} Before anything is handed in, when the call could only be done by this thread.
   */
  runSync<A extends unknown[], R>(task: Task<A, R>, ...args: A): Awaited<R> {
    return this.runSyncWith({}, task, args);
  }

  /**
   * Hands in a call as soon as the queue has room for it, and promises its future: where `submit` of a full executor
   * (`maxQueue`) throws QueueFullError, this waits. Those who wait come in the order of their calls, whatever their
   * priority.
   *
   * The signal of `with({ signal })` ends the waiting, too: the promise rejects with its reason.
   *
   * @throws {ExecutorShutdownError} At the call, after `shutdown()`.
   * @returns A promise that rejects with ExecutorShutdownError or BrokenExecutorError when the executor ends meanwhile.
   */
  submitWhenReady<A extends unknown[], R>(
    task: Task<A, R>,
    ...args: A
  ): Promise<Future<Awaited<R>>> {
    return this.submitWhenReadyWith({}, task, args);
  }

  /**
   * Calls the task for each set of items, read side by side from the iterables until the shortest ends, and
   * iterates over the results in the order of the input. The counterpart of Python's `Executor.map`.
   *
   * All input is read and submitted at this call, or with `with({ bufferSize })` only so much that no more results
   * than that are in flight or unread; a full queue (`maxQueue`) also stops the reading until there is room. When a call fails, `next()` rejects in its place and may be called again for
   * the rest. `return()` (also by leaving a `for await` loop) cancels what has not begun.
   *
   * @throws {ExecutorShutdownError} At the call, after `shutdown()`.
   */
  map<A extends unknown[], R>(
    task: Task<A, R>,
    ...iterables: IterablesOf<A>
  ): ResultIterator<Awaited<R>> {
    return this.bind({}).map(task, ...iterables);
  }

  /**
   * Calls a generator function, sync or async, and iterates over what it yields.
   *
   * It is one call, and counts as one. The generator runs ahead of its reader only so far as there is credit: some
   * milliseconds' worth of items, or with `with({ bufferSize })` so many. Items that came before a failure are read
   * before `next()` rejects with it. Leaving early (`return()`, a `for await` loop that ends) stops the call as
   * `future.abort()` does: `currentTask().signal` aborts, the generator's `finally` blocks run, and it has
   * `killAfterMs` for that. A stream that nobody waits for does not keep the program alive.
   *
   * @throws {ExecutorShutdownError} At the call, after `shutdown()`.
   * @example
   * const { countTo } = defineTasks(import.meta.url, {
   *   *countTo(last: number) {
   *     for (let n = 1; n <= last; n += 1) yield n;
   *   },
   * });
   * const seen: number[] = [];
   * for await (const n of new AsyncExecutor().stream(countTo, 3)) seen.push(n);
   * seen; // => [1, 2, 3]
   */
  stream<A extends unknown[], R extends Streamable>(
    task: Task<A, R>,
    ...args: A
  ): StreamIterator<ItemOf<R>> {
    return this.bind({}).stream(task, ...args);
  }

  /**
   * Runs the task once on every worker, and on each that starts later before its first call: to give workers what they all
   * need, such as a configuration.
   *
   * A worker that is at work runs it after the calls that it has already, and before all others. New workers run it after
   * the initializer, with the same arguments, as long as the executor lives. A worker that dies before it has begun is left out.
   * In an executor of this thread it is one call.
   *
   * @throws {ExecutorShutdownError} At the call, after `shutdown()`.
   * @returns Promises the values, the oldest worker's first; none where no worker has started. When the task fails on a worker,
   *   the promise rejects with that error, once all have ended, and later workers are spared. When it fails
   *   on a later one alone, the executor is broken, as by a failing initializer.
   */
  broadcast<A extends unknown[], R>(task: Task<A, R>, ...args: A): Promise<Awaited<R>[]> {
    return resultOf(this.submitWhenReady(task, ...args));
  }

  /**
   * Starts workers before there is work for them, and promises that they are ready, with the initializer run: `minWorkers` of them,
   * or all of `maxWorkers` where that is 0. The program does not end meanwhile. An executor of this thread has nothing to start.
   *
   * @throws {ExecutorShutdownError} At the call, after `shutdown()`.
   * @returns A promise that rejects with BrokenExecutorError when the workers cannot be started, the reason as its `cause`, and with
   *   ExecutorShutdownError when the executor is shut down first. Nobody need wait for it: calls tell of the same failure.
   * @example
   * await using executor = new ThreadPoolExecutor({ maxWorkers: 2 });
   * await executor.warmUp();
   * executor.stats().idle; // => 2
   */
  warmUp(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Gives the same ways to hand in work, with options bound to each call. It can be chained: later options are
   * added to the earlier ones and win over them.
   *
   * @throws {TypeError | RangeError} At the call, for options that are unknown or unsound.
   */
  with(options: TaskOptions): Submitter {
    return this.bind(options);
  }

  /**
   * Says that no more work comes, and ends the executor; may be called again. Here, as in Python's base class, there
   * is nothing to end.
   */
  shutdown(_options?: ShutdownOptions): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Ends the executor at once: what waits is cancelled, and what runs is ended where it stands. The counterpart of
   * Python 3.14's `terminate_workers`.
   */
  terminateWorkers(): Promise<void> {
    return this.shutdown({ wait: false, cancelFutures: true });
  }

  /** Does the same in the way that no worker can resist. The counterpart of Python 3.14's `kill_workers`. */
  killWorkers(): Promise<void> {
    return this.terminateWorkers();
  }

  /** Counts workers and calls at this moment. */
  abstract stats(): ExecutorStats;

  /** Shuts down and waits, so that `await using executor = …` is Python's `with` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  /** Hands in one call with options; executors that know options of calls override it. */
  protected submitWith<A extends unknown[], R>(
    options: TaskOptions,
    task: (...args: A) => R,
    args: A,
  ): Future<Awaited<R>> {
    for (const name of Object.keys(options)) {
      if (!MAP_OPTIONS.some((known) => known === name)) {
        throw new TypeError(`${this.constructor.name} does not know the option '${name}'`);
      }
    }
    // A function that is no Task was refused by the types, or is by `submit` itself.
    return this.submit(task as Task<A, R>, ...args);
  }

  /** Hands in one call with options and waits for it by blocking. */
  protected runSyncWith<A extends unknown[], R>(
    options: TaskOptions,
    task: (...args: A) => R,
    args: A,
  ): Awaited<R> {
    return this.submitWith(options, task, args).resultSync();
  }

  /** Hands in a call that `maxQueue` need not stop any more: its turn has come. */
  protected admitWith<A extends unknown[], R>(
    options: TaskOptions,
    task: (...args: A) => R,
    args: A,
  ): Future<Awaited<R>> {
    return this.submitWith(options, task, args);
  }

  /** Hands in one call with options when there is room for it. */
  protected submitWhenReadyWith<A extends unknown[], R>(
    options: TaskOptions,
    task: (...args: A) => R,
    args: A,
  ): Promise<Future<Awaited<R>>> {
    this.assertAccepting(task);
    const { signal } = options;
    if (signal?.aborted) return rejection(signal.reason);
    const submit = (): Future<Awaited<R>> => this.admitWith(options, task, args);
    const admission = this.admission();
    return admission === undefined || admission.open
      ? Promise.resolve(submit())
      : admission.enter(submit, signal);
  }

  /** Starts a map with options; executors that can send many items at once override it. */
  protected mapWith<A extends unknown[], R>(
    options: TaskOptions,
    task: (...args: A) => R,
    iterables: IterablesOf<A>,
  ): ResultIterator<Awaited<R>> {
    this.assertAccepting(task);
    const submit = (args: readonly unknown[]): Future<Awaited<R>> =>
      // One item of each iterable.
      this.admitWith(options, task, args as A);
    const source = new FutureResults(submit, options.ordered ?? true);
    const credit = options.bufferSize ?? Infinity;
    return new MapResults(source, options).read(iterables, credit, this.admission());
  }

  /** Gives what keeps the queue within its limit, where there is one. */
  protected admission(): Admission | undefined {
    return undefined;
  }

  /** Starts a stream with options; executors that can run generators override it. */
  protected streamWith<A extends unknown[], R extends Streamable>(
    _options: TaskOptions,
    _task: (...args: A) => R,
    _args: A,
  ): StreamIterator<ItemOf<R>> {
    throw new TypeError(`${this.constructor.name} cannot stream`);
  }

  /** Throws when the executor takes no call of this task: `map` must fail at the call, whatever its input. */
  protected assertAccepting(_task: unknown): void {
    // An executor that never refuses a call has nothing to say here.
  }

  /** Makes the submitter behind `with()` and `map()`. */
  protected bind(options: TaskOptions): FunctionSubmitter {
    checkTaskOptions(options);
    return new BoundSubmitter(
      {
        submitWith: (bound, task, args) => this.submitWith(bound, task, args),
        runSyncWith: (bound, task, args) => this.runSyncWith(bound, task, args),
        submitWhenReadyWith: (bound, task, args) => this.submitWhenReadyWith(bound, task, args),
        mapWith: (bound, task, iterables) => this.mapWith(bound, task, iterables),
        streamWith: (bound, task, args) => this.streamWith(bound, task, args),
      },
      { ...options },
    );
  }
}

async function resultOf<R>(submitted: Promise<Future<R>>): Promise<R[]> {
  const future = await submitted;
  return [await future.result()];
}

/** What an AbortSignal gives as its reason need not be an error. */
function rejection(reason: unknown): Promise<never> {
  return new Promise((_resolve, reject) => {
    reject(reason);
  });
}
