import { BrokenExecutorError, CancelledError, WorkerCrashedError } from "../../errors.js";
import { futureControl } from "../../future.js";
import type { WorkerHandle } from "../workers/worker-handle.js";
import type { TaskRegistry } from "../calls/task-registry.js";
import { WorkerCall, type CallHost } from "../calls/worker-call.js";
import { BROADCAST_ATTEMPTS } from "../tuning.js";

/** What broadcasts need of their executor. */
export interface BroadcastHost {
  /** The workers that take calls, the oldest first. */
  readonly workers: readonly WorkerHandle[];
  readonly tasks: TaskRegistry;
  readonly carriesContext: boolean;
  /** A worker was given work. */
  busy(worker: WorkerHandle): void;
  stop: CallHost["stop"];
  /** A worker has run what it had to, and takes calls again. */
  unblocked(): void;
  /** A new worker could not be brought to where the others are. */
  broken(error: BrokenExecutorError): void;
  /** Throws when the executor takes no more calls. */
  assertOpen(): void;
}

/** One `broadcast()`: kept for workers to come. */
class Broadcast {
  /** Its calls on the workers that were there, until all have ended; then there are only later ones. */
  readonly calls = new Map<number, BroadcastCall>();
  settled = false;

  constructor(
    readonly task: number,
    readonly args: readonly unknown[],
  ) {}
}

/** The call of a broadcast on one worker, and on no other: it is neither taken back nor counted. */
class BroadcastCall extends WorkerCall {
  constructor(
    host: CallHost,
    readonly broadcast: Broadcast,
    readonly target: WorkerHandle,
  ) {
    super(host, broadcast.task, broadcast.args);
    // Were a worker to die before it began anything, this would have been next.
    this.sequence = -1;
  }

  override get pinned(): boolean {
    return true;
  }

  override get bound(): boolean {
    return true;
  }

  /** A worker that was killed because of another call is as good as one that was never there. */
  override failed(error: unknown): void {
    if (error instanceof WorkerCrashedError && this.target.killedFor !== undefined) {
      this.cancelled(new WorkerGone());
    } else {
      super.failed(error);
    }
  }
}

/**
 * Runs broadcasts: once on each worker that is there, and on each new one before its first call.
 *
 * A worker gets no other calls as long as it has broadcast calls, which it is given one by one: so they run in order and before
 * every call that is handed out later, whatever the worker can run at once.
 */
export class Broadcasts {
  readonly #host: BroadcastHost;
  readonly #callHost: CallHost;
  /** In the order of their calls: a new worker runs them all. */
  readonly #kept = new Set<Broadcast>();
  readonly #queues = new Map<WorkerHandle, BroadcastCall[]>();
  #deaths = 0;

  constructor(host: BroadcastHost) {
    this.#host = host;
    this.#callHost = {
      carriesContext: host.carriesContext,
      takeBack: (call) => this.#withdraw(call) || (call.worker?.takeBack(call) ?? false),
      stop: (call, stop) => {
        host.stop(call, stop);
      },
      // Nobody has the future of one.
      block: () => undefined,
      ended: () => undefined,
    };
  }

  /** Broadcast calls that have not ended. */
  get outstanding(): number {
    let count = 0;
    for (const queue of this.#queues.values()) count += queue.length;
    return count;
  }

  /** Runs a task on every worker; promises the values, in the order of the workers. */
  async run(task: number, args: readonly unknown[]): Promise<unknown[]> {
    const broadcast = new Broadcast(task, args);
    this.#kept.add(broadcast);
    for (const worker of [...this.#host.workers]) this.#send(broadcast, worker);
    const values: unknown[] = [];
    // Workers that start meanwhile are added at the end, as they are the newest.
    for (const { future } of broadcast.calls.values()) {
      try {
        values.push(await future.result());
      } catch (error) {
        if (isGone(error)) {
          // Did the worker die, or the executor?
          this.#host.assertOpen();
          continue;
        }
        // It is not true of all workers, so it shall not be of those to come.
        this.#kept.delete(broadcast);
        await this.#othersOf(broadcast);
        throw error;
      }
    }
    broadcast.settled = true;
    return values;
  }

  /** Gives a new worker what the others have run. */
  joined(worker: WorkerHandle): void {
    for (const broadcast of this.#kept) this.#send(broadcast, worker);
  }

  /** Takes broadcast calls out of the calls that a dead worker leaves to others. */
  keepFrom(calls: readonly WorkerCall[]): readonly WorkerCall[] {
    if (this.#kept.size === 0 && this.#queues.size === 0) return calls;
    return calls.filter((call) => {
      if (call instanceof BroadcastCall) call.cancelled(new WorkerGone());
      return !(call instanceof BroadcastCall);
    });
  }

  /** A worker has gone: what it was not given yet will never run there. */
  gone(worker: WorkerHandle): void {
    for (const call of [...(this.#queues.get(worker) ?? [])]) call.cancelled(new WorkerGone());
  }

  /** Cancels what has not begun. */
  cancelWaiting(): void {
    for (const queue of [...this.#queues.values()]) {
      for (const call of [...queue]) call.future.cancel();
    }
  }

  #send(broadcast: Broadcast, worker: WorkerHandle): void {
    const call = new BroadcastCall(this.#callHost, broadcast, worker);
    if (!broadcast.settled) broadcast.calls.set(worker.workerId, call);
    futureControl.whenDone(call.future, () => {
      this.#ended(call);
    });
    const queue = this.#queues.get(worker) ?? [];
    this.#queues.set(worker, queue);
    queue.push(call);
    worker.blocked = true;
    if (queue.length === 1) this.#place(call);
  }

  #place(call: BroadcastCall): void {
    const { target } = call;
    // With all slots in use it waits: see `freed()`.
    if (target.room === 0) return;
    try {
      target.place(call, this.#host.tasks.entries);
    } catch (error) {
      call.failed(error);
      return;
    }
    // It is not one of the calls after which a worker is replaced.
    target.sent -= 1;
    this.#host.busy(target);
    target.publish();
  }

  /** A worker has room again, which a broadcast call may have waited for. */
  freed(worker: WorkerHandle): void {
    if (!worker.blocked) return;
    const next = this.#queues.get(worker)?.[0];
    if (next !== undefined && next.worker === undefined && !next.future.done() && !worker.closed) {
      this.#place(next);
    }
  }

  #withdraw(call: WorkerCall): boolean {
    return call instanceof BroadcastCall && call.worker === undefined && !call.future.done();
  }

  #ended(call: BroadcastCall): void {
    const { target, broadcast } = call;
    const queue = this.#queues.get(target) ?? [];
    const wasNext = queue[0] === call;
    queue.splice(queue.indexOf(call), 1);
    if (queue.length === 0) {
      this.#queues.delete(target);
      target.blocked = false;
      this.#host.unblocked();
    } else if (wasNext) {
      this.freed(target);
    }
    if (broadcast.settled) this.#judgeLate(call);
  }

  /** What fails on a new worker cannot be told to the caller of `broadcast()`, who has had an answer. */
  #judgeLate({ future }: BroadcastCall): void {
    const { outcome } = future;
    if (outcome?.status !== "rejected") {
      this.#deaths = 0;
      return;
    }
    if (future.cancelled()) return;
    if (outcome.reason instanceof BrokenExecutorError) {
      // Ended by force, or dead for whatever reason: that may be another's doing.
      if (!(outcome.reason instanceof WorkerCrashedError)) return;
      this.#deaths += 1;
      if (this.#deaths < BROADCAST_ATTEMPTS) return;
    }
    this.#host.broken(
      new BrokenExecutorError("error in a broadcast on a new worker", { cause: outcome.reason }),
    );
  }

  async #othersOf({ calls }: Broadcast): Promise<void> {
    for (const { future } of calls.values()) {
      try {
        await future.exception();
      } catch {
        // How they ended is told elsewhere.
      }
    }
  }
}

/** Why a broadcast call did not run: the worker went before it began. */
class WorkerGone extends Error {}

function isGone(error: unknown): boolean {
  return error instanceof CancelledError && error.cause instanceof WorkerGone;
}
