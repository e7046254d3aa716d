import { availableParallelism } from "node:os";
import { BrokenExecutorError, WorkerCrashedError } from "../../errors.js";
import { startTimer } from "../../internal/timer.js";
import { traceWorker } from "../../tracing.js";
import { BootFailures, isShortage } from "./boot-failures.js";
import type { WorkerHandle, WorkerListener, Transport, WorkerEnd } from "./worker-handle.js";
import type { WorkerCall } from "../calls/worker-call.js";
import { BOOT_ATTEMPTS, CALL_ATTEMPTS, LEAVE_MS } from "../tuning.js";

/** When a worker died, as its call sees it. */
const RAN = "while it ran this call";
const HELD = "while it had this call, which it may have begun";
const READ = `when this call came, as ${CALL_ATTEMPTS - 1} others before it`;

/**
 * So many workers may start at the same time; the next when one of them runs. To start a worker is work for a core: all at
 * once, each would get its first result only when the last of them is there.
 */
const STARTING_AT_ONCE = availableParallelism();

/** How the workers of an executor are made and replaced. */
export interface WorkerSetOptions {
  readonly maxWorkers: number;
  readonly workerName: string;
  readonly maxTasksPerWorker: number;
  readonly idleTimeoutMs: number;
  readonly startupTimeoutMs: number;
}

/** What a worker set tells its executor. */
export interface WorkerSetListener extends Pick<WorkerListener, "freed" | "printed"> {
  /** Calls that were with a worker, which is gone or had not come to them, and that had not begun. */
  returned(calls: readonly WorkerCall[]): void;
  /** A worker died in the middle of calls. */
  crashed(error: WorkerCrashedError): void;
  /** No worker can be had. */
  broken(error: BrokenExecutorError): void;
  /** A worker is being made: it takes what is placed, and runs it when it is up. */
  joined(worker: WorkerHandle): void;
  /** The program of a worker runs: the next may be started. */
  started(): void;
  /** A worker has gone. */
  gone(worker: WorkerHandle): void;
}

/** The workers of one executor, from their making to their end. */
export class WorkerSet {
  /** Workers that take calls. */
  readonly workers: WorkerHandle[] = [];
  /** Workers that are not gone yet, also those that take no more calls. */
  readonly #remaining = new Set<WorkerHandle>();
  readonly #transport: Transport;
  readonly #options: WorkerSetOptions;
  readonly #listener: WorkerSetListener;
  readonly #idleTimers = new Map<WorkerHandle, () => void>();
  readonly #boots = new BootFailures();
  readonly #leaveTimers = new Map<WorkerHandle, () => void>();
  #nextId = 1;
  /** How often all workers were ended at once. */
  #endings = 0;
  /** Stops the clock until the next attempt to make a worker. */
  #stopPause: (() => void) | undefined;
  #closed = false;

  constructor(transport: Transport, options: WorkerSetOptions, listener: WorkerSetListener) {
    this.#transport = transport;
    this.#options = options;
    this.#listener = listener;
  }

  get size(): number {
    return this.#remaining.size;
  }

  /**
   * Makes workers for calls that would have to wait for one: none while there are idle ones, and no more than allowed.
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
    let missing = Math.min(this.#options.maxWorkers - this.workers.length, waiting - idle);
    if (missing <= 0) return 0;
    // Those that are there must not take what the others are wanted for: then nothing would ask for a worker again.
    if (this.#pauses()) return missing;
    try {
      for (; missing > 0 && starting < STARTING_AT_ONCE; missing -= 1, starting += 1) this.#spawn();
    } catch (error) {
      this.#notMade(error);
    }
    return missing;
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
    this.#listener.returned(waiting);
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
      this.#listener.returned(waiting);
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

  #spawn(): void {
    const workerId = this.#nextId;
    this.#nextId += 1;
    const { workerName, startupTimeoutMs } = this.#options;
    let late = false;
    const endings = this.#endings;
    const name = `${workerName}_${workerId - 1}`;
    const worker = this.#transport.open(workerId, name, {
      started: () => {
        this.#listener.started();
      },
      ready: () => {
        stopTimer();
        this.#boots.reset();
        traceWorker({ event: "up", name, workerId });
      },
      initializerFailed: (failed, error) => {
        stopTimer();
        this.#remove(failed);
        this.#listener.returned(failed.abandon().waiting);
        failed.kill();
        if (isShortage(error)) {
          this.#bootFailed({ exitCode: undefined, error }, false);
          return;
        }
        this.#breaks(
          new BrokenExecutorError("error in the initializer of a worker", { cause: error }),
        );
      },
      printed: (by, printed) => {
        this.#listener.printed(by, printed);
      },
      returned: (_by, calls) => {
        this.#listener.returned(calls);
      },
      freed: (freed) => {
        this.rest(freed);
        this.#listener.freed(freed);
      },
      ended: (ended, end) => {
        const { exitCode, signal, error } = end;
        if (ended.closed && !ended.faulty)
          traceWorker({ event: "exit", name, workerId, exitCode, signal });
        else traceWorker({ event: "crash", name, workerId, exitCode, signal, error });
        stopTimer();
        this.#ended(ended, end, late);
      },
    });
    const stopTimer = startTimer(startupTimeoutMs, () => {
      late = true;
      worker.kill();
    });
    this.#remaining.add(worker);
    if (endings === this.#endings && !this.#closed) {
      this.workers.push(worker);
      this.#listener.joined(worker);
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
    const stopTimer = startTimer(
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
    this.#listener.returned(waiting.filter((call) => call !== deadly));
    const wasKilled = worker.killedFor !== undefined;
    const crash = (when: string, started: true | "unknown"): WorkerCrashedError =>
      wasKilled ? killedError(worker, started) : crashError(worker.workerId, end, when, started);
    for (const call of begun) call.failed(crash(RAN, true));
    for (const call of unsure) call.failed(crash(HELD, "unknown"));
    deadly?.failed(crash(READ, "unknown"));
    if (!wasClosed && !worker.isReady) this.#bootFailed(end, late);
    else if (lost > 0 && !wasKilled) this.#listener.crashed(crash(RAN, true));
    else if (deadly !== undefined) this.#listener.crashed(crash(READ, "unknown"));
    this.#listener.gone(worker);
  }

  /** Says whether no worker is made at the moment, as the last could not be started; then it is tried again by itself. */
  #pauses(): boolean {
    const { pauseMs } = this.#boots;
    if (pauseMs === 0) return false;
    // It holds the program, as calls wait for it.
    this.#stopPause ??= startTimer(pauseMs, () => {
      this.#stopPause = undefined;
      this.#listener.started();
    });
    return true;
  }

  /** A worker could not even be made: with the same options none ever will, but for want of something. */
  #notMade(error: unknown): void {
    this.#boots.note(error);
    if (
      this.#isReady ||
      (isShortage(error) && !this.#boots.isHopeless(this.#options.startupTimeoutMs))
    ) {
      this.#pauses();
    } else {
      this.#breaks(new BrokenExecutorError("a worker could not be started", { cause: error }));
    }
  }

  /**
   * A worker died before it was up. Those that are there go on with all calls while it is tried again; only an executor that
   * has none can be at its end.
   */
  #bootFailed(end: WorkerEnd, late: boolean): void {
    this.#boots.note(end.error);
    if (this.#isReady) return;
    const { startupTimeoutMs } = this.#options;
    let message: string;
    if (late) {
      message = `a worker was not up within ${startupTimeoutMs} ms`;
    } else if (this.workers.length > 0 || !this.#boots.isHopeless(startupTimeoutMs)) {
      return;
    } else if (isShortage(end.error)) {
      message = `no worker could be started for ${startupTimeoutMs} ms; the last ${wordOfEnd(end)}`;
    } else {
      message = `${BOOT_ATTEMPTS} workers in a row died before they were up; the last ${wordOfEnd(end)}`;
    }
    this.#breaks(
      new BrokenExecutorError(message, end.error === undefined ? undefined : { cause: end.error }),
    );
  }

  #breaks(error: BrokenExecutorError): void {
    this.#stopPause?.();
    this.#stopPause = undefined;
    this.#listener.broken(error);
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

function killedError(
  { workerId, killedFor = "" }: WorkerHandle,
  started: true | "unknown",
): WorkerCrashedError {
  const message = `the worker was killed to stop ${killedFor}`;
  return new WorkerCrashedError(message, { workerId, started });
}

function crashError(
  workerId: number,
  end: WorkerEnd,
  when: string,
  started: true | "unknown",
): WorkerCrashedError {
  const { exitCode, signal, error } = end;
  const how = error instanceof Error ? `: ${error.message}` : "";
  const details = { exitCode, signal, workerId, started, cause: error };
  return new WorkerCrashedError(`worker ${workerId} ${wordOfEnd(end)} ${when}${how}`, details);
}

function wordOfEnd({ exitCode, signal }: WorkerEnd): string {
  if (signal !== undefined) return `was ended by the signal ${signal}`;
  return `ended with exit code ${exitCode ?? "unknown"}`;
}
