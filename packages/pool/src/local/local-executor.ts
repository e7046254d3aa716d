import { ExecutorShutdownError, InvalidStateError } from "../errors.js";
import { Executor, type ExecutorStats, type ShutdownOptions } from "../executor.js";
import type { ItemOf, Streamable, StreamIterator } from "../streams/stream.js";
import type { Future } from "../future.js";
import { Admission } from "../internal/admission.js";
import { isTraced, namesOf, traceCall } from "../tracing.js";
import { startTimer } from "../internal/timer.js";
import { checkDuration, checkOptionNames } from "../internal/validate.js";
import { isProcessExiting, watchProcessExit } from "../internal/process-exit.js";
import type { ResultIterator } from "../map/result-iterator.js";
import type { FunctionSubmitter, IterablesOf } from "../submitter.js";
import type { TaskOptions } from "../task-options.js";
import type { Task } from "../task.js";
import type { CallEnd } from "../internal/call-end.js";
import { LocalCall, type LocalCallHost } from "./local-call.js";
import { openLocalStream } from "./local-stream.js";
import { resolveTask } from "./resolve-task.js";
import { callStore } from "../internal/task-context.js";

/** How long a call may take to answer its signal before it is given up, in milliseconds. */
export const DEFAULT_KILL_AFTER_MS = 100;

/**
 * Is an executor whose calls run in the caller's own thread: arguments and results are shared, not copied, and any
 * function will do.
 *
 * It is long as the surface of an executor is: each of its methods is a few lines.
 */
export abstract class LocalExecutor extends Executor {
  readonly #running = new Set<LocalCall>();
  readonly #counts: Record<CallEnd, number> = { completed: 0, failed: 0, cancelled: 0 };
  readonly #host: LocalCallHost;
  /** Those who wait in `shutdown()` for the last call. */
  #whenIdle: (() => void)[] = [];
  readonly #admission: Admission | undefined;
  #shutDown = false;

  /** @param queue - How many calls may wait beside those that run, where that is limited. */
  protected constructor(
    killAfterMs: number = DEFAULT_KILL_AFTER_MS,
    queue?: { maxQueue: number; maxWorkers: number },
  ) {
    super();
    if (queue !== undefined) {
      const occupied = (): number => this.#running.size + this.waiting.size;
      this.#admission = new Admission(queue.maxQueue, queue.maxWorkers, occupied);
    }
    watchProcessExit();
    this.#host = {
      killAfterMs: checkDuration("killAfterMs", killAfterMs, 0),
      executor: this,
      ended: (call, end) => {
        this.#counts[end] += 1;
        this.#running.delete(call);
        this.placeFreed();
        this.#admission?.freed();
        this.#tellIfIdle();
      },
    };
  }

  override submit<A extends unknown[], R>(task: (...args: A) => R, ...args: A): Future<Awaited<R>> {
    return this.submitWith({}, task, args);
  }

  override run<A extends unknown[], R>(task: (...args: A) => R, ...args: A): Promise<Awaited<R>> {
    return this.submit(task, ...args).result();
  }

  override runSync<A extends unknown[], R>(task: (...args: A) => R, ...args: A): Awaited<R> {
    return this.runSyncWith({}, task, args);
  }

  override submitWhenReady<A extends unknown[], R>(
    task: (...args: A) => R,
    ...args: A
  ): Promise<Future<Awaited<R>>> {
    return this.submitWhenReadyWith({}, task, args);
  }

  override broadcast<A extends unknown[], R>(
    task: (...args: A) => R,
    ...args: A
  ): Promise<Awaited<R>[]> {
    // Any function is a task here.
    return super.broadcast(task as Task<A, R>, ...args);
  }

  override warmUp(): Promise<void> {
    this.#assertOpen();
    return super.warmUp();
  }

  override map<A extends unknown[], R>(
    task: (...args: A) => R,
    ...iterables: IterablesOf<A>
  ): ResultIterator<Awaited<R>> {
    return this.bind({}).map(task, ...iterables);
  }

  override stream<A extends unknown[], R extends Streamable>(
    task: (...args: A) => R,
    ...args: A
  ): StreamIterator<ItemOf<R>> {
    return this.streamWith({}, task, args);
  }

  override with(options: TaskOptions): FunctionSubmitter {
    return this.bind(options);
  }

  /**
   * Says that no more work comes.
   *
   * Accepted calls still run, unless `cancelFutures` is set, and the promise waits for them, unless `wait` is false.
   *
   * @throws {InvalidStateError} At the call, when a call of this executor would wait for itself.
   */
  override shutdown(options: ShutdownOptions = {}): Promise<void> {
    checkOptionNames("shutdown()", options, ["wait", "cancelFutures", "timeoutMs"]);
    const { wait = true, cancelFutures = false, timeoutMs = Infinity } = options;
    checkDuration("timeoutMs", timeoutMs, 0);
    const caller = callStore().getStore();
    if (wait && caller?.executor === this && caller.running()) {
      throw new InvalidStateError(
        "a call cannot wait for its own executor to end: use shutdown({ wait: false })",
      );
    }
    this.#close();
    if (cancelFutures) this.#cancelWaiting();
    if (this.#isIdle()) return Promise.resolve();
    const stopTimer = startTimer(timeoutMs, () => {
      this.#endByForce();
    });
    const idle = new Promise<void>((resolve) => {
      this.#whenIdle.push(() => {
        stopTimer();
        resolve();
      });
    });
    return wait ? idle : Promise.resolve();
  }

  /**
   * Ends the executor at once: what waits is cancelled, the signals of what runs abort, and its futures fail with
   * BrokenExecutorError. The counterpart of `terminate_workers` of Python 3.14.
   *
   * A function of this thread cannot be stopped from outside: one that ignores its signal goes on unseen.
   */
  override terminateWorkers(): Promise<void> {
    this.#close();
    this.#endByForce();
    return Promise.resolve();
  }

  override stats(): ExecutorStats {
    const running = this.#running.size;
    return {
      workers: running,
      idle: 0,
      busy: running,
      pending: this.waiting.size,
      running,
      ...this.#counts,
    };
  }

  /** The calls that have not begun. */
  protected abstract readonly waiting: Iterable<LocalCall> & { readonly size: number };

  /** Takes a new call: to begin it, or to let it wait. */
  protected abstract admit(call: LocalCall): void;

  /** Is told that a call has ended, or left the queue. */
  protected abstract placeFreed(): void;

  /** Runs a call now. */
  protected begin(call: LocalCall): void {
    this.#running.add(call);
    call.start();
  }

  protected get runningCount(): number {
    return this.#running.size;
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
    if (!isTraced() || typeof task !== "function") return this.#submit(options, task, args);
    const trace = { executor: this.constructor.name, ...namesOf(task, options) };
    return traceCall(trace, () => this.#submit(options, task, args));
  }

  #submit<A extends unknown[], R>(
    options: TaskOptions,
    task: (...args: A) => R,
    args: A,
  ): Future<Awaited<R>> {
    const call = new LocalCall(this.#host, resolveTask(task), args, options);
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
    this.#admission?.assertOpen();
    const { run, name } = resolveTask(task);
    const stream = openLocalStream(run, options.bufferSize);
    const call = new LocalCall(this.#host, { run: stream.run, name }, args, options);
    stream.follow(call.future);
    this.#accept(call);
    // The call was made for this very task, so its items are what the task yields.
    return stream.iterator as StreamIterator<ItemOf<R>>;
  }

  #accept(call: LocalCall): void {
    call.watchSignal();
    if (!call.future.done()) this.admit(call);
  }

  protected override assertAccepting(task: unknown): void {
    this.#assertOpen();
    resolveTask(task);
  }

  protected override admission(): Admission | undefined {
    return this.#admission;
  }

  #close(): void {
    this.#shutDown = true;
    this.#admission?.close();
  }

  #assertOpen(): void {
    if (this.#shutDown) throw new ExecutorShutdownError();
    if (isProcessExiting()) {
      throw new ExecutorShutdownError("cannot schedule new futures while the process exits");
    }
  }

  #cancelWaiting(): void {
    for (const call of [...this.waiting]) call.future.cancel();
  }

  #endByForce(): void {
    this.#cancelWaiting();
    for (const call of [...this.#running]) call.giveUp();
  }

  #isIdle(): boolean {
    return this.#running.size === 0 && this.waiting.size === 0;
  }

  #tellIfIdle(): void {
    if (!this.#shutDown || !this.#isIdle()) return;
    for (const tell of this.#whenIdle.splice(0)) tell();
  }
}
