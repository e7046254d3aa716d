import { Executor, type ExecutorStats, type ShutdownOptions } from "../executor.js";
import type { ItemOf, Streamable, StreamIterator } from "../streams/stream.js";
import type { Future } from "../future.js";
import type { Admission } from "../internal/admission.js";
import { startAlarm } from "../internal/alarms.js";
import { isTraced, namesOf, traceCall } from "../tracing.js";
import { checkDuration, checkOptionNames } from "../internal/validate.js";
import type { ResultIterator } from "../map/result-iterator.js";
import type { IterablesOf } from "../submitter.js";
import type { TaskOptions } from "../task-options.js";
import type { Task } from "../task.js";
import { CallStreams, sourcesOf } from "./calls/call-streams.js";
import { columnOf } from "../map/column.js";
import { MapResults } from "../map/map-results.js";
import { ArrivedResults } from "./map/arrived-results.js";
import { Engine } from "./engine.js";
import type { Transport } from "./workers/worker-handle.js";
import { MapItems } from "./map/map-items.js";
import { MapWork } from "./map/map-work.js";
import type { CheckedPoolOptions } from "./pool-options.js";
import type { RunTimes } from "./shared/run-times.js";
import { SubmissionStacks } from "./calls/submission-stacks.js";
import { TaskRegistry } from "./calls/task-registry.js";
import { argumentError } from "./calls/argument-error.js";
import { fedError } from "./block.js";
import { assertNotReading } from "./scheduling/dispatcher.js";
import { WorkerCall } from "./calls/worker-call.js";
import { whenSettled } from "../internal/platform.js";
import { clone } from "./shared/clone.js";

const NO_OPTIONS: TaskOptions = {};

/** Is an executor with workers of its own: what callers see of its engine. */
export abstract class WorkerExecutor extends Executor {
  readonly maxWorkers: number;
  readonly #options: CheckedPoolOptions;
  readonly #tasks: TaskRegistry;
  readonly #engine: Engine;
  readonly #sites = new SubmissionStacks();

  protected constructor(options: CheckedPoolOptions, times: RunTimes, transport: Transport) {
    super();
    this.maxWorkers = options.maxWorkers;
    this.#options = options;
    this.#tasks = new TaskRegistry(options.context?.restore);
    this.#engine = new Engine(options, this.#tasks, times, transport);
  }

  override submit<A extends unknown[], R>(task: Task<A, R>, ...args: A): Future<Awaited<R>> {
    return this.submitWith(NO_OPTIONS, task, args);
  }

  /** As in the base class, but without a second array of the arguments. */
  override run<A extends unknown[], R>(task: Task<A, R>, ...args: A): Promise<Awaited<R>> {
    return this.submitWith(NO_OPTIONS, task, args).result();
  }

  override runSync<A extends unknown[], R>(task: Task<A, R>, ...args: A): Awaited<R> {
    return this.runSyncWith(NO_OPTIONS, task, args);
  }

  override map<A extends unknown[], R>(
    task: Task<A, R>,
    ...iterables: IterablesOf<A>
  ): ResultIterator<Awaited<R>> {
    return this.bind(NO_OPTIONS).map(task, ...iterables);
  }

  override stream<A extends unknown[], R extends Streamable>(
    task: Task<A, R>,
    ...args: A
  ): StreamIterator<ItemOf<R>> {
    return this.streamWith(NO_OPTIONS, task, args);
  }

  override broadcast<A extends unknown[], R>(task: Task<A, R>, ...args: A): Promise<Awaited<R>[]> {
    this.#engine.assertOpen();
    const id = this.#tasks.idOf(task);
    const { context } = this.#options;
    const sent = context === undefined ? args : [context.capture(), ...args];
    let copy: unknown[];
    try {
      // Workers that start later must be given the same.
      copy = clone(sent);
    } catch (error) {
      return Promise.reject(argumentError(sent, context !== undefined, error));
    }
    return this.#engine.broadcast(id, copy) as Promise<Awaited<R>[]>;
  }

  override warmUp(): Promise<void> {
    return this.#engine.warmUp();
  }

  override shutdown(options: ShutdownOptions = {}): Promise<void> {
    checkOptionNames("shutdown()", options, ["wait", "cancelFutures", "timeoutMs"]);
    const { wait = true, cancelFutures = false, timeoutMs = Infinity } = options;
    checkDuration("timeoutMs", timeoutMs, 0);
    const ended = this.#engine.close(cancelFutures);
    if (timeoutMs !== Infinity) {
      const stopTimer = startAlarm(timeoutMs, () => {
        this.#engine.endByForce(this.#options.killAfterMs);
      });
      void whenSettled(ended, stopTimer, stopTimer);
    }
    return wait ? ended : Promise.resolve();
  }

  override terminateWorkers(): Promise<void> {
    const ended = this.#engine.close(true);
    this.#engine.endByForce(this.#options.killAfterMs);
    return ended;
  }

  override killWorkers(): Promise<void> {
    const ended = this.#engine.close(true);
    this.#engine.endByForce(0);
    return ended;
  }

  override stats(): ExecutorStats {
    return this.#engine.stats();
  }

  protected override submitWith<A extends unknown[], R>(
    options: TaskOptions,
    task: (...args: A) => R,
    args: A,
  ): Future<Awaited<R>> {
    if (this.#engine.admission !== undefined) {
      this.#engine.assertOpen();
      this.#engine.admission.assertOpen();
    }
    return this.admitWith(options, task, args);
  }

  protected override runSyncWith<A extends unknown[], R>(
    options: TaskOptions,
    task: (...args: A) => R,
    args: A,
  ): Awaited<R> {
    this.#engine.assertOpen();
    this.#engine.assertCanBlock();
    assertNotReading();
    if (sourcesOf(args, options.transfer) !== undefined) throw fedError();
    return this.submitWith(options, task, args).resultSync();
  }

  protected override admitWith<A extends unknown[], R>(
    options: TaskOptions,
    task: (...args: A) => R,
    args: A,
  ): Future<Awaited<R>> {
    this.#engine.assertOpen();
    if (!isTraced()) return this.#submit(options, task, args);
    const trace = { executor: this.constructor.name, ...namesOf(task, options) };
    return traceCall(trace, () => this.#submit(options, task, args));
  }

  #submit<A extends unknown[], R>(
    options: TaskOptions,
    task: (...args: A) => R,
    args: A,
  ): Future<Awaited<R>> {
    const id = this.#tasks.idOf(task);
    const sent = this.#withContext(args);
    const sources = sourcesOf(sent, options.transfer);
    const call =
      sources === undefined
        ? new WorkerCall(this.#engine.host, id, sent, options)
        : this.#callWithStreams(id, sent, options, sources);
    call.submission = this.#sites.capture();
    this.#engine.accept(call);
    // The call was made for this very task, so its future is one of what the task returns.
    return call.future as Future<Awaited<R>>;
  }

  protected override streamWith<A extends unknown[], R extends Streamable>(
    options: TaskOptions,
    task: (...args: A) => R,
    args: A,
  ): StreamIterator<ItemOf<R>> {
    this.#engine.assertOpen();
    this.#engine.admission?.assertOpen();
    const sent = this.#withContext(args);
    const sources = sourcesOf(sent, options.transfer) ?? [];
    const call = this.#callWithStreams(this.#tasks.idOf(task), sent, options, sources);
    call.submission = this.#sites.capture();
    const stream = call.streams.open(options.bufferSize);
    this.#engine.accept(call);
    // The call was made for this very task, so its items are what the task yields.
    return stream as StreamIterator<ItemOf<R>>;
  }

  /** The caller's context travels as the first argument. */
  #withContext(args: readonly unknown[]): readonly unknown[] {
    const { context } = this.#options;
    return context === undefined ? args : [context.capture(), ...args];
  }

  #callWithStreams(
    task: number,
    args: readonly unknown[],
    options: TaskOptions,
    sources: readonly number[],
  ): WorkerCall & { streams: CallStreams } {
    const sent = args.map((arg, index) => (sources.includes(index) ? undefined : arg));
    const call = new WorkerCall(this.#engine.host, task, sent, options);
    const streams = new CallStreams(call, new Map(sources.map((index) => [index, args[index]])));
    return Object.assign(call, { streams });
  }

  protected override mapWith<A extends unknown[], R>(
    options: TaskOptions,
    task: (...args: A) => R,
    iterables: IterablesOf<A>,
  ): ResultIterator<Awaited<R>> {
    this.#engine.assertOpen();
    const id = this.#tasks.idOf(task);
    const { context } = this.#options;
    const captured = context === undefined ? undefined : [context.capture()];
    const submission = this.#sites.capture();
    const { admission, host } = this.#engine;
    const source = new ArrivedResults<Awaited<R>>(
      {
        accept: (item) => {
          this.#engine.assertOpen();
          items.add(captured === undefined ? item : [...captured, ...item]);
          this.#engine.acceptItems(work, 1);
        },
        cancel: () => {
          this.#engine.cancelItems(work);
        },
      },
      options.ordered ?? true,
      submission,
    );
    const areSingle = captured === undefined && iterables.length === 1;
    const isUnlimited = options.bufferSize === undefined && admission === undefined;
    const column = areSingle && isUnlimited ? columnOf(iterables) : undefined;
    const items = new MapItems(areSingle ? (column ?? []) : undefined);
    const names = { executor: this.constructor.name, ...namesOf(task, options) };
    const work = new MapWork(host, id, options, this.maxWorkers, source, names, items);
    work.submission = submission;
    const results = new MapResults(source, options);
    if (column === undefined) {
      // Read against a credit: all of them, or so many and one more for each result asked for. With a chunk size the buffer counts
      // chunks, as Python's does.
      const { bufferSize = Infinity, chunkSize = 1 } = options;
      return results.read(iterables, bufferSize * chunkSize, admission);
    }
    // To copy the items may have run code of users, which may have ended this executor.
    this.#engine.assertOpen();
    source.acceptedAll(items.size);
    if (items.size > 0) this.#engine.acceptItems(work, items.size);
    return results;
  }

  protected override assertAccepting(task: object): void {
    this.#engine.assertOpen();
    this.#tasks.idOf(task);
  }

  protected override admission(): Admission | undefined {
    return this.#engine.admission;
  }
}
