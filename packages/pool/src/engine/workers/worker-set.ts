import { availableParallelism } from "node:os";
import { BrokenExecutorError, type WorkerCrashedError } from "../../errors.js";
import { startAlarm } from "../../internal/alarms.js";
import { startTimer } from "../../internal/timer.js";
import { traceWorker } from "../../tracing.js";
import { BootFailures, isShortage } from "./boot-failures.js";
import type { Transport, WorkerEnd, WorkerHandle, WorkerListener } from "./worker-handle.js";
import type { Printed } from "../shared/messages.js";
import type { WorkerCall } from "../calls/worker-call.js";
import { missingPermission } from "../../internal/permission.js";
import {
  crashError,
  HELD,
  killedError,
  RAN,
  READ,
  wordOfCause,
  wordOfEnd,
} from "./crash-errors.js";
import { BOOT_ATTEMPTS, CALL_ATTEMPTS, LEAVE_MS } from "../tuning.js";
import { WarmUps } from "./warm-ups.js";

/**
 * So many workers may start at the same time; the next when one of them runs. To start a worker is work for a core: all at
 * once, each would get its first result only when the last of them is there.
 */
const STARTING_AT_ONCE = availableParallelism();

const nothing = (): void => undefined;
const NO_STARTUP: Startup = { name: "", late: false, stopTimer: nothing };

/** How the workers of an executor are made and replaced. */
export interface WorkerSetOptions {
  readonly maxWorkers: number;
  readonly minWorkers: number;
  readonly workerName: string;
  readonly maxTasksPerWorker: number;
  readonly idleTimeoutMs: number;
  readonly startupTimeoutMs: number;
}

/** What a worker set tells those who have subscribed to it, each of what it needs. */
export interface WorkerSetListener {
  /** Calls have ended, so a worker has room. */
  freed(worker: WorkerHandle): void;
  /** A worker is being made: it takes what is placed, and runs it when it is ready. */
  joined(worker: WorkerHandle): void;
  /** The program of a worker runs, or a pause is over: the next may be started. */
  started(): void;
  /** A worker has printed whole lines. */
  printed(worker: WorkerHandle, printed: Printed): void;
  /** Calls that were with a worker, which is gone or had not come to them, and that had not begun. */
  returned(calls: readonly WorkerCall[]): void;
  /** A worker died in the middle of calls. */
  crashed(error: WorkerCrashedError): void;
  /** No worker can be had. */
  broken(error: BrokenExecutorError): void;
  /** A worker has gone. */
  gone(worker: WorkerHandle): void;
}

/** What is known of a worker that is being started. */
interface Startup {
  readonly name: string;
  stopTimer: () => void;
  /** Whether it was not ready in time. */
  late: boolean;
}

/**
 * The workers of one executor, from their making to their end.
 *
 * It is long and one thing: the life of a worker. Each of its steps (made, started, ready, idle, leaving, killed, gone) looks at the
 * same books, and must leave them right before anybody hears of it.
 */
export class WorkerSet implements WorkerListener {
  /** Workers that take calls. */
  readonly workers: WorkerHandle[] = [];
  /** Workers that are not gone yet, also those that take no more calls. */
  readonly #remaining = new Set<WorkerHandle>();
  readonly #transport: Transport;
  readonly #options: WorkerSetOptions;
  readonly #listeners: Partial<WorkerSetListener>[] = [];
  /** By the ids of workers that are not gone yet. */
  readonly #startups = new Map<number, Startup>();
  readonly #idleTimers = new Map<WorkerHandle, () => void>();
  readonly #boots = new BootFailures();
  /** Workers that were ready and died before their first call. They keep no call from its worker, only others without a call. */
  readonly #idleDeaths = new BootFailures();
  readonly #warmUps: WarmUps;
  readonly #leaveTimers = new Map<WorkerHandle, () => void>();
  #nextId = 1;
  /** How often all workers were ended at once. */
  #endings = 0;
  /** Stops the clock until the next attempt to make a worker. */
  #stopPause: (() => void) | undefined;
  /** Whether calls wait for the end of that pause. */
  #pauseIsWaitedFor = false;
  #closed = false;

  constructor(transport: Transport, options: WorkerSetOptions) {
    this.#transport = transport;
    this.#options = options;
    this.#warmUps = new WarmUps(options.minWorkers, options.maxWorkers);
  }

  get size(): number {
    return this.#remaining.size;
  }

  /**
   * Makes workers for calls that would have to wait for one: none while there are idle ones, and no more than allowed. Makes those
   * that are kept without a call as well.
   *
   * @returns How many are to come when those run that start now.
   */
  growFor(waiting: number): number {
    if (this.#closed) return 0;
    let idle = 0;
    let starting = 0;
    for (const worker of this.workers) {
      if (worker.held === 0) idle += 1;
      if (!worker.isStarted) starting += 1;
    }
    const there = this.workers.length;
    const forCalls = Math.min(this.#options.maxWorkers - there, waiting - idle);
    let missing = Math.max(forCalls, this.#warmUps.kept - there);
    if (missing <= 0) return 0;
    const areCalls = forCalls > 0;
    // Those that are there must not take what the others are wanted for: then nothing would ask for a worker again.
    if (this.#pauses(areCalls)) return missing;
    try {
      for (; missing > 0 && starting < STARTING_AT_ONCE; missing -= 1, starting += 1) this.#spawn();
    } catch (error) {
      this.#notMade(error, areCalls);
    }
    return missing;
  }

  /** Makes the workers that are kept without a call, where some are missing. */
  fill(): void {
    if (this.workers.length < this.#warmUps.kept) this.growFor(0);
  }

  /** Makes the workers that are wanted before there are calls, and promises that they are ready. */
  warmUp(): Promise<void> {
    if (!this.#warmUps.pending) this.#idleDeaths.reset();
    const warm = this.#warmUps.begin();
    this.#tellWarm();
    this.fill();
    return warm;
  }

  /** Keeps no worker any more that has nothing to do; who waits for workers is given an error. */
  letGo(errorOf: () => Error): void {
    this.#warmUps.end(errorOf);
  }

  /** How many more calls a worker may take before it is replaced. */
  allowance(worker: WorkerHandle): number {
    return this.#options.maxTasksPerWorker - worker.sent;
  }

  /** A worker was given work. */
  busy(worker: WorkerHandle): void {
    this.#idleTimers.get(worker)?.();
    this.#idleTimers.delete(worker);
  }

  /** A worker has ended calls: its time may be over. */
  rest(worker: WorkerHandle): void {
    if (worker.held > 0 || worker.closed) return;
    if (this.#closed || this.allowance(worker) <= 0) {
      this.#retire(worker);
    } else if (this.#options.idleTimeoutMs !== Infinity && !this.#idleTimers.has(worker)) {
      this.#idleTimers.set(
        worker,
        startTimer(
          this.#options.idleTimeoutMs,
          () => {
            this.#idleTimers.delete(worker);
            if (this.workers.length <= this.#warmUps.kept) return;
            if (worker.held === 0 && !worker.closed) this.#retire(worker);
          },
          true,
        ),
      );
    }
  }

  /** Ends a worker at once, because of one call; the others that it ran go down with it. */
  killFor(culprit: WorkerCall): void {
    const worker = this.#workerOf(culprit);
    if (worker === undefined) return;
    // It may just have ended by itself, and whoever heard of that may have ended the worker.
    worker.collectAll();
    if (culprit.future.done() || culprit.worker !== worker) return;
    this.#remove(worker);
    worker.killedFor ??= culprit.options.name ?? "another call";
    if (worker.tellsAtEnd) {
      worker.forget(culprit);
      worker.kill();
      culprit.stopped();
      return;
    }
    const { begun, unsure, waiting } = worker.abandon();
    worker.kill();
    // Before any of the others settles, as a callback may cancel what waits.
    this.#return(waiting);
    culprit.stopped();
    for (const call of begun) call.failed(killedError(worker, true));
    for (const call of unsure) call.failed(killedError(worker, "unknown"));
  }

  /**
   * Ends all workers at once, or asks them to end first; `settle` is given what had or may have begun, `returned` the rest.
   */
  killAll(settle: (call: WorkerCall) => void, graceMs = 0): void {
    this.#endings += 1;
    for (const worker of [...this.workers]) {
      worker.collectAll();
      this.#remove(worker);
      const { begun, unsure, waiting } = worker.abandon();
      this.#return(waiting);
      for (const call of begun) settle(call);
      for (const call of unsure) settle(call);
    }
    for (const worker of [...this.#remaining]) {
      worker.ref();
      if (graceMs > 0) worker.terminate(graceMs);
      else worker.kill();
    }
  }

  /** Lets all workers go that have nothing to do; none is made any more. */
  close(): void {
    this.#closed = true;
    this.#stopPause?.();
    for (const worker of [...this.workers]) if (worker.held === 0) this.#retire(worker);
    // They end by themselves, and the program must not end before them.
    for (const worker of [...this.#remaining]) worker.ref();
  }

  /** Ends what is kept for the workers, when the last of them is gone. */
  async end(): Promise<void> {
    await this.#transport.end();
  }

  /** Tells a listener what happens from here on; they are told in the order in which they have subscribed. */
  subscribe(listener: Partial<WorkerSetListener>): void {
    this.#listeners.push(listener);
  }

  started(): void {
    for (const listener of this.#listeners) listener.started?.();
    this.fill();
  }

  ready(worker: WorkerHandle): void {
    const { workerId } = worker;
    const startup = this.#startups.get(workerId);
    startup?.stopTimer();
    this.#boots.reset();
    traceWorker({ event: "up", name: startup?.name ?? "", workerId });
    // It may have been started for a call that was cancelled, or for none.
    this.rest(worker);
    this.#tellWarm();
  }

  initializerFailed(worker: WorkerHandle, error: unknown): void {
    this.#startups.get(worker.workerId)?.stopTimer();
    this.#remove(worker);
    this.#return(worker.abandon().waiting);
    worker.kill();
    if (isShortage(error)) {
      this.#bootFailed({ exitCode: undefined, error }, false);
      return;
    }
    this.#breaks(new BrokenExecutorError("error in the initializer of a worker", { cause: error }));
  }

  printed(worker: WorkerHandle, printed: Printed): void {
    for (const listener of this.#listeners) listener.printed?.(worker, printed);
  }

  returned(_worker: WorkerHandle, calls: readonly WorkerCall[]): void {
    this.#return(calls);
  }

  freed(worker: WorkerHandle): void {
    this.rest(worker);
    for (const listener of this.#listeners) listener.freed?.(worker);
  }

  ended(worker: WorkerHandle, end: WorkerEnd): void {
    const { exitCode, signal, error } = end;
    const { workerId } = worker;
    const { name, late, stopTimer } = this.#startups.get(workerId) ?? NO_STARTUP;
    this.#startups.delete(workerId);
    if (worker.closed && !worker.faulty) {
      traceWorker({ event: "exit", name, workerId, exitCode, signal });
    } else {
      traceWorker({ event: "crash", name, workerId, exitCode, signal, error });
    }
    stopTimer();
    this.#ended(worker, end, late);
  }

  #return(calls: readonly WorkerCall[]): void {
    for (const listener of this.#listeners) listener.returned?.(calls);
  }

  #crashed(error: WorkerCrashedError): void {
    for (const listener of this.#listeners) listener.crashed?.(error);
  }

  #spawn(): void {
    const workerId = this.#nextId;
    this.#nextId += 1;
    const { workerName, startupTimeoutMs } = this.#options;
    const endings = this.#endings;
    const name = `${workerName}_${workerId - 1}`;
    const worker = this.#transport.open(workerId, name, this);
    const startup: Startup = { name, late: false, stopTimer: nothing };
    startup.stopTimer = startAlarm(startupTimeoutMs, () => {
      startup.late = true;
      worker.kill();
    });
    this.#startups.set(workerId, startup);
    this.#remaining.add(worker);
    if (endings === this.#endings && !this.#closed) {
      this.workers.push(worker);
      for (const listener of this.#listeners) listener.joined?.(worker);
    } else {
      // Who watches Node make threads has ended them all meanwhile.
      worker.closed = true;
      worker.ref();
      worker.kill();
    }
    traceWorker({ event: "spawn", name, workerId });
  }

  #retire(worker: WorkerHandle): void {
    this.#remove(worker);
    worker.leave();
    const stopTimer = startAlarm(
      LEAVE_MS,
      () => {
        worker.kill();
      },
      // Who waits for its end keeps the program alive.
      true,
    );
    this.#leaveTimers.set(worker, stopTimer);
  }

  #workerOf(call: WorkerCall): WorkerHandle | undefined {
    for (const worker of this.#remaining) if (worker === call.worker) return worker;
    return undefined;
  }

  /** Takes a worker out of those that get calls. */
  #remove(worker: WorkerHandle): void {
    worker.closed = true;
    this.#idleTimers.get(worker)?.();
    this.#idleTimers.delete(worker);
    const index = this.workers.indexOf(worker);
    if (index >= 0) this.workers.splice(index, 1);
  }

  #ended(worker: WorkerHandle, end: WorkerEnd, late: boolean): void {
    this.#remaining.delete(worker);
    this.#leaveTimers.get(worker)?.();
    this.#leaveTimers.delete(worker);
    // What it finished before it died counts.
    const wasClosed = worker.closed;
    worker.closed = true;
    worker.collectLast();
    this.#remove(worker);
    const { begun, unsure, waiting } = worker.abandon();
    worker.dispose();
    const lost = begun.length + unsure.length;
    const next = lost === 0 && worker.isReady && !wasClosed ? nextOf(waiting) : undefined;
    if (next !== undefined) next.setbacks += 1;
    const deadly = next !== undefined && next.setbacks >= CALL_ATTEMPTS ? next : undefined;
    this.#return(waiting.filter((call) => call !== deadly));
    const wasKilled = worker.killedFor !== undefined;
    const crash = (when: string, started: true | "unknown"): WorkerCrashedError =>
      wasKilled ? killedError(worker, started) : crashError(worker.workerId, end, when, started);
    for (const call of begun) call.failed(crash(RAN, true));
    for (const call of unsure) call.failed(crash(HELD, "unknown"));
    deadly?.failed(crash(READ, "unknown"));
    if (worker.sent > 0) this.#idleDeaths.reset();
    if (!wasClosed && !worker.isReady) this.#bootFailed(end, late);
    else if (!wasClosed && worker.sent === 0) this.#diedIdle(end);
    else if (lost > 0 && !wasKilled) this.#crashed(crash(RAN, true));
    else if (deadly !== undefined) this.#crashed(crash(READ, "unknown"));
    for (const listener of this.#listeners) listener.gone?.(worker);
    this.fill();
  }

  /** Says whether no worker is made at the moment, as the last could not be started; then it is tried again by itself. */
  #pauses(areCalls: boolean): boolean {
    const { pauseMs } = this.#boots;
    const ms = areCalls ? pauseMs : Math.max(pauseMs, this.#idleDeaths.pauseMs);
    if (ms === 0) return false;
    if (areCalls && !this.#pauseIsWaitedFor) {
      this.#stopPause?.();
      this.#stopPause = undefined;
    }
    if (this.#stopPause !== undefined) return true;
    this.#pauseIsWaitedFor = areCalls;
    // It holds the program where calls wait for it.
    this.#stopPause = startAlarm(
      ms,
      () => {
        this.#stopPause = undefined;
        this.started();
      },
      !areCalls,
    );
    return true;
  }

  /** A worker could not even be made: with the same options none ever will, but for want of something. */
  #notMade(error: unknown, areCalls: boolean): void {
    this.#boots.note(error);
    const isShort = isShortage(error) && !this.#boots.isHopeless(this.#options.startupTimeoutMs);
    if (!isShort) {
      this.#failsToStart(
        () =>
          new BrokenExecutorError(`a worker could not be started${wordOfCause(error)}`, {
            cause: error,
          }),
      );
    }
    if (isShort || this.#isReady) this.#pauses(areCalls);
  }

  /**
   * A worker died before it was up. Those that are there go on with all calls while it is tried again; only an executor that
   * has none can be at its end.
   */
  #bootFailed(end: WorkerEnd, late: boolean): void {
    this.#boots.note(end.error, end.isUnexplained);
    const { startupTimeoutMs } = this.#options;
    const { error } = end;
    let message: string;
    if (late) {
      message = `a worker was not up within ${startupTimeoutMs} ms`;
    } else if (
      !this.#boots.isHopeless(startupTimeoutMs) ||
      (this.workers.length > 0 && !this.#isReady)
    ) {
      return;
    } else if (isShortage(error)) {
      message = `no worker could be started for ${startupTimeoutMs} ms; the last ${wordOfEnd(end)}`;
    } else if (missingPermission(end.error) !== undefined) {
      message = `a worker could not be started${wordOfCause(end.error)}`;
    } else {
      message = `${BOOT_ATTEMPTS} workers in a row died before they were up; the last ${wordOfEnd(end)}`;
    }
    const options = error === undefined ? undefined : { cause: error };
    this.#failsToStart(() => new BrokenExecutorError(message, options));
  }

  /** A worker died that was ready and had never had a call: nobody has lost anything but those who wait for it. */
  #diedIdle(end: WorkerEnd): void {
    const { error } = end;
    this.#idleDeaths.note(error);
    if (!this.#idleDeaths.isHopeless(this.#options.startupTimeoutMs)) return;
    const message = `${BOOT_ATTEMPTS} workers in a row died before their first call; the last ${wordOfEnd(end)}`;
    const options = error === undefined ? undefined : { cause: error };
    this.#warmUpFails(() => new BrokenExecutorError(message, options));
  }

  /** Workers cannot be started: an executor that has some goes on with those, one without is at its end. */
  #failsToStart(errorOf: () => BrokenExecutorError): void {
    if (this.#isReady) this.#warmUpFails(errorOf);
    else this.#breaks(errorOf());
  }

  #tellWarm(): void {
    const ready = this.workers.filter(({ isReady }) => isReady).length;
    if (this.#warmUps.ready(ready)) this.#restAll();
  }

  #warmUpFails(errorOf: () => Error): void {
    this.#warmUps.fail(errorOf);
    this.#restAll();
  }

  /** Workers that were kept for a warm-up alone may go when their time is over. */
  #restAll(): void {
    for (const worker of [...this.workers]) this.rest(worker);
  }

  #breaks(error: BrokenExecutorError): void {
    this.#stopPause?.();
    this.#stopPause = undefined;
    for (const listener of this.#listeners) listener.broken?.(error);
  }

  /** Whether there is a worker that runs calls. */
  get #isReady(): boolean {
    return this.workers.some(({ isReady }) => isReady);
  }
}

/** The call that a worker would have begun next. */
function nextOf(waiting: readonly WorkerCall[]): WorkerCall | undefined {
  return [...waiting].sort((a, b) => b.priority - a.priority || a.sequence - b.sequence)[0];
}
