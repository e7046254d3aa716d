import { serializationError } from "../codec/find-uncloneable.js";
import {
  BrokenExecutorError,
  CancelledError,
  ExecutorShutdownError,
  InvalidStateError,
} from "../errors.js";
import { Executor, type ExecutorStats, type ShutdownOptions } from "../executor.js";
import type { Future } from "../future.js";
import { Admission } from "../internal/admission.js";
import { loadGuard } from "../internal/load-guard.js";
import { isProcessExiting, watchProcessExit } from "../internal/process-exit.js";
import { namesOf, isTraced, traceCall } from "../internal/tracing.js";
import { startTimer } from "../internal/timer.js";
import { checkDuration, checkOptionNames } from "../internal/validate.js";
import type { ResultIterator } from "../result-iterator.js";
import type { IterablesOf } from "../submitter.js";
import type { Task } from "../task.js";
import type { TaskOptions } from "../task-options.js";
import type { StreamIterator, Streamable, ItemOf } from "../flow/stream.js";
import { CallFlow, sourcesOf } from "./call-flow.js";
import { Broadcasts } from "./broadcasts.js";
import { ChunkedMap } from "./chunked-map.js";
import { forwardLines } from "./console-lines.js";
import { Crew } from "./crew.js";
import { Dispatcher } from "./dispatcher.js";
import type { Transport } from "./link.js";
import { MapWork } from "./map-work.js";
import type { CheckedPoolOptions } from "./pool-options.js";
import type { RunTimes } from "./shared/run-times.js";
import { SubmitSites } from "./submit-sites.js";
import { TaskRegistry } from "./task-registry.js";
import { unsendableArguments } from "./unsendable.js";
import { WorkerCall, type CallEnd, type CallHost, type Stop } from "./worker-call.js";

const NO_OPTIONS: TaskOptions = {};

/** Is an executor with workers of its own: it owns the calls, its crew the workers. */
export abstract class WorkerExecutor extends Executor {
  readonly maxWorkers: number;
  readonly #options: CheckedPoolOptions;
  readonly #tasks: TaskRegistry;
  readonly #times: RunTimes;
  readonly #crew: Crew;
  readonly #dispatcher: Dispatcher;
  readonly #broadcasts: Broadcasts;
  readonly #sites = new SubmitSites();
  readonly #counts: Record<CallEnd, number> = { completed: 0, failed: 0, cancelled: 0 };
  readonly #host: CallHost;
  readonly #admission: Admission | undefined;
  /** Only in a worker of another executor. */
  readonly #loadGuard = loadGuard();
  #outstanding = 0;
  #shutDown = false;
  #broken: BrokenExecutorError | undefined;
  /** Settled when all calls are done and all workers gone. */
  #ended: Promise<void> | undefined;
  #tellEnded: (() => void) | undefined;

  protected constructor(options: CheckedPoolOptions, times: RunTimes, transport: Transport) {
    super();
    watchProcessExit();
    this.#options = options;
    this.#tasks = new TaskRegistry(options.context?.restore);
    this.maxWorkers = options.maxWorkers;
    if (options.maxQueue !== undefined) {
      this.#admission = new Admission(
        options.maxQueue,
        options.maxWorkers * options.concurrencyPerWorker,
        () => this.#outstanding,
      );
    }
    this.#times = times;
    this.#crew = new Crew(transport, options, {
      freed: (link) => {
        if (link.blocked) this.#broadcasts.freed(link);
        this.#dispatcher.freed(link);
      },
      returned: (calls) => {
        this.#dispatcher.requeue(this.#broadcasts.keepFrom(calls));
      },
      crashed: (error) => {
        if (options.onWorkerCrash === "break") {
          this.#break(new BrokenExecutorError("a worker died", { cause: error }));
        }
      },
      broken: (error) => {
        this.#break(error);
      },
      alive: () => {
        this.#dispatcher.schedule();
      },
      printed: (link, printed) => {
        forwardLines(options.onConsole, link.workerId, printed);
      },
      joined: (link) => {
        this.#broadcasts.welcome(link);
      },
      gone: (link) => {
        this.#broadcasts.gone(link);
        this.#dispatcher.schedule();
        this.#endIfDone();
      },
    });
    this.#dispatcher = new Dispatcher(
      this.#crew,
      this.#tasks,
      this.#times,
      transport,
      options.concurrencyPerWorker,
    );
    this.#broadcasts = new Broadcasts({
      links: this.#crew.links,
      tasks: this.#tasks,
      carriesContext: options.context !== undefined,
      busy: (link) => {
        this.#crew.busy(link);
      },
      stop: (call, stop) => {
        this.#stop(call, stop);
      },
      unblocked: () => {
        this.#dispatcher.schedule();
        if (this.#shutDown) this.#endIfDone();
      },
      broken: (error) => {
        this.#break(error);
      },
      assertOpen: () => {
        this.#assertOpen();
      },
    });
    this.#host = {
      carriesContext: options.context !== undefined,
      takeBack: (call) =>
        this.#dispatcher.waiting.remove(call) || (call.link?.takeBack(call) ?? false),
      stop: (call, stop) => {
        this.#stop(call, stop);
      },
      ended: (end, calls) => {
        this.#counts[end] += calls;
        this.#left(calls);
      },
    };
  }

  override submit<A extends unknown[], R>(task: Task<A, R>, ...args: A): Future<Awaited<R>> {
    return this.submitWith(NO_OPTIONS, task, args);
  }

  /** As in the base class, but without a second array of the arguments. */
  override run<A extends unknown[], R>(task: Task<A, R>, ...args: A): Promise<Awaited<R>> {
    return this.submitWith(NO_OPTIONS, task, args).result();
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
    this.#assertOpen();
    const id = this.#tasks.idOf(task);
    const { context } = this.#options;
    const sent = context === undefined ? args : [context.capture(), ...args];
    let copy: unknown[];
    try {
      // Workers that start later must be given the same.
      copy = structuredClone(sent);
    } catch (error) {
      return Promise.reject(unsendableArguments(sent, context !== undefined, error));
    }
    return this.#broadcasts.run(id, copy) as Promise<Awaited<R>[]>;
  }

  override shutdown(options: ShutdownOptions = {}): Promise<void> {
    checkOptionNames("shutdown()", options, ["wait", "cancelFutures", "timeoutMs"]);
    const { wait = true, cancelFutures = false, timeoutMs = Infinity } = options;
    checkDuration("timeoutMs", timeoutMs, 0);
    this.#shutDown = true;
    this.#admission?.close();
    if (cancelFutures) this.#cancelWaiting();
    this.#ended ??= new Promise((resolve) => {
      this.#tellEnded = resolve;
    });
    const ended = this.#ended;
    this.#endIfDone();
    if (timeoutMs !== Infinity) {
      const stopTimer = startTimer(timeoutMs, () => {
        this.#endByForce(this.#options.killAfterMs);
      });
      void ended.then(stopTimer);
    }
    return wait ? ended : Promise.resolve();
  }

  override terminateWorkers(): Promise<void> {
    const ended = this.shutdown({ cancelFutures: true });
    this.#endByForce(this.#options.killAfterMs);
    return ended;
  }

  override killWorkers(): Promise<void> {
    const ended = this.shutdown({ cancelFutures: true });
    this.#endByForce(0);
    return ended;
  }

  override stats(): ExecutorStats {
    let idle = 0;
    let running = 0;
    for (const link of this.#crew.links) {
      if (link.live === 0) idle += 1;
      for (const call of link.calls()) if (!call.bound && link.hasBegun(call)) running += 1;
    }
    const workers = this.#crew.alive;
    return {
      workers,
      idle,
      busy: workers - idle,
      pending: this.#outstanding - running,
      running,
      ...this.#counts,
    };
  }

  protected override submitWith<A extends unknown[], R>(
    options: TaskOptions,
    task: (...args: A) => R,
    args: A,
  ): Future<Awaited<R>> {
    if (this.#admission !== undefined) {
      this.#assertOpen();
      this.#admission.assertOpen();
    }
    return this.admitWith(options, task, args);
  }

  protected override admitWith<A extends unknown[], R>(
    options: TaskOptions,
    task: (...args: A) => R,
    args: A,
  ): Future<Awaited<R>> {
    this.#assertOpen();
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
        ? new WorkerCall(this.#host, id, sent, options)
        : this.#callWithFlow(id, sent, options, sources);
    call.site = this.#sites.capture();
    this.#accept(call);
    // The call was made for this very task, so its future is one of what the task returns.
    return call.future as Future<Awaited<R>>;
  }

  protected override streamWith<A extends unknown[], R extends Streamable>(
    options: TaskOptions,
    task: (...args: A) => R,
    args: A,
  ): StreamIterator<ItemOf<R>> {
    this.#assertOpen();
    const sent = this.#withContext(args);
    const sources = sourcesOf(sent, options.transfer) ?? [];
    const call = this.#callWithFlow(this.#tasks.idOf(task), sent, options, sources);
    call.site = this.#sites.capture();
    const stream = call.flow.open(options.bufferSize);
    this.#accept(call);
    // The call was made for this very task, so its items are what the task yields.
    return stream as StreamIterator<ItemOf<R>>;
  }

  /** The caller's context travels as the first argument. */
  #withContext(args: readonly unknown[]): readonly unknown[] {
    const { context } = this.#options;
    return context === undefined ? args : [context.capture(), ...args];
  }

  #callWithFlow(
    task: number,
    args: readonly unknown[],
    options: TaskOptions,
    sources: readonly number[],
  ): WorkerCall & { flow: CallFlow } {
    const sent = args.map((arg, index) => (sources.includes(index) ? undefined : arg));
    const call = new WorkerCall(this.#host, task, sent, options);
    const flow = new CallFlow(call, new Map(sources.map((index) => [index, args[index]])));
    return Object.assign(call, { flow });
  }

  #accept(call: WorkerCall): void {
    this.#outstanding += 1;
    if (call.options.signal !== undefined) call.watchSignal();
    if (!call.future.done()) this.#dispatcher.enqueue(call);
  }

  protected override mapWith<A extends unknown[], R>(
    options: TaskOptions,
    task: (...args: A) => R,
    iterables: IterablesOf<A>,
  ): ResultIterator<Awaited<R>> {
    this.#assertOpen();
    const id = this.#tasks.idOf(task);
    const { context } = this.#options;
    const captured = context === undefined ? undefined : [context.capture()];
    const results = new ChunkedMap<Awaited<R>>(iterables, options);
    const work = new MapWork(this.#host, id, options, this.maxWorkers, results, {
      executor: this.constructor.name,
      ...namesOf(task, options),
    });
    return results.start({
      admission: this.#admission,
      assertAccepting: () => {
        this.#assertOpen();
      },
      accept: (item) => {
        this.#outstanding += 1;
        work.add(captured === undefined ? item : [...captured, ...item]);
        this.#dispatcher.enqueueMap(work);
      },
      cancel: () => {
        this.#dropped("cancelled", work.cancel());
      },
    });
  }

  protected override assertAccepting(task: object): void {
    this.#assertOpen();
    this.#tasks.idOf(task);
  }

  protected override admission(): Admission | undefined {
    return this.#admission;
  }

  #assertOpen(): void {
    if (this.#broken !== undefined) {
      throw new BrokenExecutorError(this.#broken.message, { cause: this.#broken.cause });
    }
    if (this.#shutDown) throw new ExecutorShutdownError();
    if (isProcessExiting()) {
      throw new ExecutorShutdownError("cannot schedule new futures while the process exits");
    }
    // Each worker of this executor would load the module again, which would submit again, and so on without end.
    if (this.#loadGuard?.loading()) {
      throw new InvalidStateError(
        "a task's module submits calls while a worker loads it: put the tasks into a module of their own, or (threads only) submit if isMainThread of node:worker_threads",
      );
    }
  }

  /** The ladder: the signal, the grace, the end of the worker. */
  #stop(call: WorkerCall, stop: Stop): void {
    if (call.stop !== undefined || call.link === undefined) return;
    call.stop = stop;
    const graceMs = call.options.killAfterMs ?? this.#options.killAfterMs;
    if (graceMs === 0) {
      this.#crew.killFor(call);
      return;
    }
    try {
      call.link.askToStop(call, stop.reason);
    } catch (error) {
      throw serializationError("arguments", stop.reason, "reason", error);
    }
    call.onRelease(
      startTimer(graceMs, () => {
        this.#crew.killFor(call);
      }),
    );
  }

  #break(error: BrokenExecutorError): void {
    this.#broken ??= error;
    this.#admission?.close();
    const fail = (call: WorkerCall): void => {
      // Each future has an error object of its own: whoever catches one may write on it.
      call.failed(new BrokenExecutorError(error.message, { cause: error.cause }));
    };
    this.#crew.killAll(fail);
    for (const work of this.#dispatcher.waiting.maps) {
      this.#dropped(
        "failed",
        work.fail(new BrokenExecutorError(error.message, { cause: error.cause })),
      );
    }
    for (const call of this.#waitingCalls()) {
      this.#dispatcher.waiting.remove(call);
      fail(call);
    }
  }

  #waitingCalls(): WorkerCall[] {
    return this.#dispatcher.waiting.calls;
  }

  /** Items of a map have ended without ever being sent. */
  #dropped(end: CallEnd, items: number): void {
    this.#counts[end] += items;
    this.#left(items);
  }

  /** So many calls are no longer outstanding. */
  #left(calls: number): void {
    this.#outstanding -= calls;
    this.#admission?.freed();
    if (this.#shutDown) this.#endIfDone();
  }

  #cancelWaiting(): void {
    for (const work of this.#dispatcher.waiting.maps) {
      this.#dropped("cancelled", work.fail(new CancelledError()));
    }
    for (const call of this.#waitingCalls()) call.future.cancel();
    for (const link of this.#crew.links) {
      for (const call of [...link.calls()]) call.future.cancel();
    }
    this.#broadcasts.cancelWaiting();
  }

  #endByForce(graceMs: number): void {
    this.#crew.killAll((call) => {
      call.failed(new BrokenExecutorError("the executor was ended by force while this call ran"));
    }, graceMs);
    this.#cancelWaiting();
    this.#endIfDone();
  }

  #endIfDone(): void {
    if (!this.#shutDown || this.#outstanding > 0 || this.#broadcasts.outstanding > 0) return;
    this.#crew.close();
    if (this.#crew.alive > 0) return;
    const tell = this.#tellEnded;
    this.#tellEnded = undefined;
    if (tell !== undefined) void this.#crew.end().then(tell, tell);
  }
}
