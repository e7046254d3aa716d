import { serializationError } from "../codec/find-uncloneable.js";
import {
  BrokenExecutorError,
  CancelledError,
  DeadlockError,
  ExecutorShutdownError,
  InvalidStateError,
} from "../errors.js";
import type { ExecutorStats } from "../executor.js";
import type { CallEnd } from "../internal/call-end.js";
import { Admission } from "../internal/admission.js";
import { loadGuard } from "../internal/load-guard.js";
import { isProcessExiting, watchProcessExit } from "../internal/process-exit.js";
import { monotonicMs, whenSettled } from "../internal/platform.js";
import { startAlarm } from "../internal/alarms.js";
import { blockFor } from "./block.js";
import { isTooDeep } from "./shared/nesting.js";
import { MOST_NESTED } from "./tuning.js";
import { Broadcasts } from "./scheduling/broadcasts.js";
import { forwardLines } from "./workers/console-lines.js";
import { WorkerSet } from "./workers/worker-set.js";
import { Dispatcher } from "./scheduling/dispatcher.js";
import type { Transport } from "./workers/worker-handle.js";
import type { MapWork } from "./map/map-work.js";
import type { CheckedPoolOptions } from "./pool-options.js";
import type { RunTimes } from "./shared/run-times.js";
import type { TaskRegistry } from "./calls/task-registry.js";
import type { CallHost, Stop, WorkerCall } from "./calls/worker-call.js";

const WAY_OUT =
  "put the tasks into a module of their own (with a bundler: an entry of their own), or (threads only) submit if isMainThread of node:worker_threads";
const WHILE_LOADING = {
  module: `a task's module submits calls while a worker loads it: ${WAY_OUT}`,
  program: `the task's module is the program itself (perhaps bundled into one file), which each worker that loads it starts again: ${WAY_OUT}`,
} as const;
const TOO_DEEP = `workers in workers may be ${MOST_NESTED} deep, and this one is; where nobody meant that, the task's module belongs to the program itself (perhaps bundled into one file), which each worker starts again: ${WAY_OUT}`;

/**
 * The calls of one executor and the workers that run them, from the first call to the end of the last worker.
 *
 * It is long and one thing: whether calls are taken, and when all is over, depends on each of the ways in which they end.
 */
export class Engine {
  /** What calls ask of it. */
  readonly host: CallHost;
  /** Where the queue is limited. */
  readonly admission: Admission | undefined;
  readonly #options: CheckedPoolOptions;
  readonly #transport: Transport;
  readonly #workerSet: WorkerSet;
  readonly #dispatcher: Dispatcher;
  readonly #broadcasts: Broadcasts;
  readonly #counts: Record<CallEnd, number> = { completed: 0, failed: 0, cancelled: 0 };
  readonly #isTooDeep = isTooDeep();
  /** Only in a worker of another executor. */
  readonly #loadGuard = loadGuard();
  #outstanding = 0;
  #shutDown = false;
  /** Whether calls that have not begun are not wanted any more. */
  #cancelled = false;
  #broken: BrokenExecutorError | undefined;
  /** Settled when all calls are done and all workers gone. */
  #ended: Promise<void> | undefined;
  #tellEnded: (() => void) | undefined;

  constructor(
    options: CheckedPoolOptions,
    tasks: TaskRegistry,
    times: RunTimes,
    transport: Transport,
  ) {
    watchProcessExit();
    this.#options = options;
    this.#transport = transport;
    const { maxQueue, maxWorkers, concurrencyPerWorker } = options;
    if (maxQueue !== undefined) {
      const places = maxWorkers * concurrencyPerWorker;
      this.admission = new Admission(maxQueue, places, () => this.#outstanding);
    }
    this.#workerSet = new WorkerSet(transport, options);
    this.#dispatcher = new Dispatcher(
      this.#workerSet,
      tasks,
      times,
      transport,
      options.concurrencyPerWorker,
    );
    this.#broadcasts = new Broadcasts({
      workers: this.#workerSet.workers,
      tasks,
      carriesContext: options.context !== undefined,
      busy: (worker) => {
        this.#workerSet.busy(worker);
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
        this.assertOpen();
      },
    });
    // A worker that broadcasts have blocked gets the next call of theirs before it is looked at for others.
    this.#workerSet.subscribe(this.#broadcasts);
    this.#workerSet.subscribe(this.#dispatcher);
    this.#workerSet.subscribe({
      returned: (calls) => {
        this.#returned(calls);
      },
      crashed: (error) => {
        if (options.onWorkerCrash === "break") {
          this.#break(new BrokenExecutorError("a worker died", { cause: error }));
        }
      },
      broken: (error) => {
        this.#break(error);
      },
      printed: (worker, printed) => {
        forwardLines(options.onConsole, worker.workerId, printed);
      },
      gone: () => {
        this.#endIfDone();
      },
    });
    this.host = {
      carriesContext: options.context !== undefined,
      takeBack: (call) =>
        this.#dispatcher.waiting.remove(call) || (call.worker?.takeBack(call) ?? false),
      stop: (call, stop) => {
        this.#stop(call, stop);
      },
      block: (call, untilMs) => {
        this.#block(call, untilMs);
      },
      ended: (end, calls) => {
        this.#counts[end] += calls;
        this.#left(calls);
      },
    };
    // A module that makes an executor while a worker loads it would start workers in each worker, and these in each of theirs.
    const mayNotStart = this.#isTooDeep || this.#loadGuard?.loading() !== undefined;
    if (!isProcessExiting() && !mayNotStart) this.#workerSet.fill();
  }

  /**
   * Takes a call, which waits for a worker from now on.
   *
   * @throws As `assertOpen()`: since it was asked last, code of users may have run.
   */
  accept(call: WorkerCall): void {
    this.assertOpen();
    this.#outstanding += 1;
    if (call.options.signal !== undefined) call.watchSignal();
    if (!call.future.done()) this.#dispatcher.enqueue(call);
  }

  /** Takes the items that were added to a map last. */
  acceptItems(work: MapWork, count: number): void {
    this.#outstanding += count;
    this.#dispatcher.enqueueMap(work, count);
  }

  /** Cancels the items of a map that have not been sent. */
  cancelItems(work: MapWork): void {
    this.#dropped("cancelled", work.cancel());
  }

  /** Runs a task in each worker, in those of later too. */
  broadcast(task: number, args: unknown[]): Promise<unknown[]> {
    this.assertOpen();
    return this.#broadcasts.run(task, args);
  }

  /** Starts workers before there are calls, and promises that they are ready. */
  warmUp(): Promise<void> {
    this.assertOpen();
    return this.#workerSet.warmUp();
  }

  /** Takes no more calls. @returns What settles when all calls are done and all workers gone. */
  close(cancelFutures: boolean): Promise<void> {
    this.#shutDown = true;
    this.admission?.close();
    this.#workerSet.letGo(() => new ExecutorShutdownError("the executor was shut down"));
    if (cancelFutures) this.#cancelWaiting();
    this.#ended ??= new Promise((resolve) => {
      this.#tellEnded = resolve;
    });
    const ended = this.#ended;
    this.#endIfDone();
    return ended;
  }

  /** Ends the workers, which have so many milliseconds to end by themselves where they can be asked. */
  endByForce(graceMs: number): void {
    this.#workerSet.killAll((call) => {
      call.failed(new BrokenExecutorError("the executor was ended by force while this call ran"));
    }, graceMs);
    this.#cancelWaiting();
    this.#endIfDone();
  }

  stats(): ExecutorStats {
    let idle = 0;
    let running = 0;
    for (const worker of this.#workerSet.workers) {
      if (worker.live === 0) idle += 1;
      for (const call of worker.calls()) if (!call.bound && worker.hasBegun(call)) running += 1;
    }
    const workers = this.#workerSet.size;
    return {
      workers,
      idle,
      busy: workers - idle,
      pending: this.#outstanding - running,
      running,
      ...this.#counts,
    };
  }

  /** @throws {ExecutorShutdownError | BrokenExecutorError | InvalidStateError} When no calls are taken. */
  assertOpen(): void {
    if (this.#broken !== undefined) {
      throw new BrokenExecutorError(this.#broken.message, { cause: this.#broken.cause });
    }
    if (this.#shutDown) throw new ExecutorShutdownError();
    if (isProcessExiting()) {
      throw new ExecutorShutdownError("cannot schedule new futures while the process exits");
    }
    // Each worker of this executor would load the module again, which would submit again, and so on without end.
    const loading = this.#loadGuard?.loading();
    if (loading !== undefined) throw new InvalidStateError(WHILE_LOADING[loading]);
    if (this.#isTooDeep) throw new InvalidStateError(TOO_DEEP);
  }

  /** @throws {DeadlockError} When nothing could end a call while this thread stands still. */
  assertCanBlock(): void {
    if (this.#transport.blockedWait !== undefined) return;
    throw new DeadlockError(
      "results of processes come by the event loop, which would stand still: await result() or run(), or use a ThreadPoolExecutor",
    );
  }

  #block(call: WorkerCall, untilMs: number): void {
    if (untilMs > monotonicMs()) this.assertCanBlock();
    const wait = this.#transport.blockedWait?.();
    if (wait === undefined) return;
    blockFor(call, untilMs, wait);
  }

  /** Calls have come back that were with a worker and had not begun. */
  #returned(calls: readonly WorkerCall[]): void {
    // Some were asked to stop before they began, and now never will.
    const wanted = calls.filter(({ stop }) => stop === undefined);
    this.#dispatcher.requeue(this.#broadcasts.keepFrom(wanted));
    for (const call of calls) if (call.stop !== undefined) call.stopped();
    // These came from a worker that was on its way out when all others were cancelled.
    if (this.#cancelled) for (const call of calls) call.future.cancel();
  }

  /** The ladder: the signal, the grace, the end of the worker. */
  #stop(call: WorkerCall, stop: Stop): void {
    if (call.stop !== undefined || call.worker === undefined) return;
    call.stop = stop;
    const graceMs = call.options.killAfterMs ?? this.#options.killAfterMs;
    if (graceMs === 0) {
      this.#workerSet.killFor(call);
      return;
    }
    try {
      call.worker.askToStop(call, stop.reason);
    } catch (error) {
      throw serializationError("arguments", stop.reason, "reason", error);
    }
    // What the reason is made of may have ended it already.
    if (call.future.done()) return;
    call.onRelease(
      startAlarm(graceMs, () => {
        this.#workerSet.killFor(call);
      }),
    );
  }

  #break(error: BrokenExecutorError): void {
    this.#broken ??= error;
    this.admission?.close();
    this.#workerSet.letGo(() => new BrokenExecutorError(error.message, { cause: error.cause }));
    const fail = (call: WorkerCall): void => {
      // Each future has an error object of its own: whoever catches one may write on it.
      call.failed(new BrokenExecutorError(error.message, { cause: error.cause }));
    };
    this.#workerSet.killAll(fail);
    for (const work of this.#dispatcher.waiting.maps) {
      this.#dropped(
        "failed",
        work.fail(new BrokenExecutorError(error.message, { cause: error.cause })),
      );
    }
    for (const call of this.#dispatcher.waiting.calls) {
      this.#dispatcher.waiting.remove(call);
      fail(call);
    }
  }

  /** Items of a map have ended without ever being sent. */
  #dropped(end: CallEnd, items: number): void {
    this.#counts[end] += items;
    this.#left(items);
  }

  /** So many calls are no longer outstanding. */
  #left(calls: number): void {
    this.#outstanding -= calls;
    this.admission?.freed();
    if (this.#shutDown) this.#endIfDone();
  }

  #cancelWaiting(): void {
    this.#cancelled = true;
    for (const work of this.#dispatcher.waiting.maps) {
      this.#dropped("cancelled", work.fail(new CancelledError()));
    }
    for (const call of this.#dispatcher.waiting.calls) call.future.cancel();
    for (const worker of [...this.#workerSet.workers]) {
      for (const call of [...worker.calls()]) call.future.cancel();
    }
    this.#broadcasts.cancelWaiting();
  }

  #endIfDone(): void {
    if (!this.#shutDown || this.#outstanding > 0 || this.#broadcasts.outstanding > 0) return;
    this.#workerSet.close();
    if (this.#workerSet.size > 0) return;
    const tell = this.#tellEnded;
    this.#tellEnded = undefined;
    if (tell !== undefined) void whenSettled(this.#workerSet.end(), tell, tell);
  }
}
