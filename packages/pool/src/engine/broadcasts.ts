import { BrokenExecutorError, CancelledError, WorkerCrashedError } from "../errors.js";
import { futureControl } from "../future.js";
import type { Link } from "./link.js";
import type { TaskRegistry } from "./task-registry.js";
import { WorkerCall, type CallHost } from "./worker-call.js";

/** So many new workers in a row may die of a broadcast; then nothing is to be hoped for. */
const ATTEMPTS = 3;

/** What broadcasts need of their executor. */
export interface BroadcastHost {
  /** The workers that take calls, the oldest first. */
  readonly links: readonly Link[];
  readonly tasks: TaskRegistry;
  readonly carriesContext: boolean;
  /** A worker was given work. */
  busy(link: Link): void;
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
  readonly errands = new Map<number, Errand>();
  settled = false;

  constructor(
    readonly task: number,
    readonly args: readonly unknown[],
  ) {}
}

/** The call of a broadcast on one worker, and on no other: it is neither taken back nor counted. */
class Errand extends WorkerCall {
  constructor(
    host: CallHost,
    readonly broadcast: Broadcast,
    readonly target: Link,
  ) {
    super(host, broadcast.task, broadcast.args);
    // Were a worker to die before it began anything, this would have been next.
    this.order = -1;
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
 * A worker gets no other calls as long as it has errands, which it is given one by one: so they run in order and before
 * every call that is handed out later, whatever the worker can run at once.
 */
export class Broadcasts {
  readonly #host: BroadcastHost;
  readonly #callHost: CallHost;
  /** In the order of their calls: a new worker runs them all. */
  readonly #kept = new Set<Broadcast>();
  readonly #lines = new Map<Link, Errand[]>();
  #deaths = 0;

  constructor(host: BroadcastHost) {
    this.#host = host;
    this.#callHost = {
      carriesContext: host.carriesContext,
      takeBack: (call) => this.#withdraw(call) || (call.link?.takeBack(call) ?? false),
      stop: (call, stop) => {
        host.stop(call, stop);
      },
      ended: () => undefined,
    };
  }

  /** Errands that have not ended. */
  get outstanding(): number {
    let count = 0;
    for (const line of this.#lines.values()) count += line.length;
    return count;
  }

  /** Runs a task on every worker; promises the values, in the order of the workers. */
  async run(task: number, args: readonly unknown[]): Promise<unknown[]> {
    const broadcast = new Broadcast(task, args);
    this.#kept.add(broadcast);
    for (const link of [...this.#host.links]) this.#send(broadcast, link);
    const values: unknown[] = [];
    // Workers that start meanwhile are added at the end, as they are the newest.
    for (const { future } of broadcast.errands.values()) {
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
  welcome(link: Link): void {
    for (const broadcast of this.#kept) this.#send(broadcast, link);
  }

  /** Takes errands out of the calls that a dead worker leaves to others. */
  keepFrom(calls: readonly WorkerCall[]): readonly WorkerCall[] {
    if (this.#kept.size === 0 && this.#lines.size === 0) return calls;
    return calls.filter((call) => {
      if (call instanceof Errand) call.cancelled(new WorkerGone());
      return !(call instanceof Errand);
    });
  }

  /** A worker has gone: what it was not given yet will never run there. */
  gone(link: Link): void {
    for (const errand of [...(this.#lines.get(link) ?? [])]) errand.cancelled(new WorkerGone());
  }

  /** Cancels what has not begun. */
  cancelWaiting(): void {
    for (const line of [...this.#lines.values()]) {
      for (const errand of [...line]) errand.future.cancel();
    }
  }

  #send(broadcast: Broadcast, link: Link): void {
    const errand = new Errand(this.#callHost, broadcast, link);
    if (!broadcast.settled) broadcast.errands.set(link.workerId, errand);
    futureControl.whenDone(errand.future, () => {
      this.#ended(errand);
    });
    const line = this.#lines.get(link) ?? [];
    this.#lines.set(link, line);
    line.push(errand);
    link.blocked = true;
    if (line.length === 1) this.#place(errand);
  }

  #place(errand: Errand): void {
    const { target } = errand;
    // With all slots in use it waits: see `freed()`.
    if (target.room === 0) return;
    target.place(errand, this.#host.tasks.entries);
    // It is not one of the calls after which a worker is replaced.
    target.sent -= 1;
    this.#host.busy(target);
    target.publish();
  }

  /** A worker has room again, which an errand may have waited for. */
  freed(link: Link): void {
    const next = this.#lines.get(link)?.[0];
    if (next !== undefined && next.link === undefined && !next.future.done() && !link.closed) {
      this.#place(next);
    }
  }

  #withdraw(call: WorkerCall): boolean {
    return call instanceof Errand && call.link === undefined && !call.future.done();
  }

  #ended(errand: Errand): void {
    const { target, broadcast } = errand;
    const line = this.#lines.get(target) ?? [];
    const wasNext = line[0] === errand;
    line.splice(line.indexOf(errand), 1);
    if (line.length === 0) {
      this.#lines.delete(target);
      target.blocked = false;
      this.#host.unblocked();
    } else if (wasNext) {
      this.freed(target);
    }
    if (broadcast.settled) this.#judgeLate(errand);
  }

  /** What fails on a new worker cannot be told to the caller of `broadcast()`, who has had an answer. */
  #judgeLate({ future }: Errand): void {
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
      if (this.#deaths < ATTEMPTS) return;
    }
    this.#host.broken(
      new BrokenExecutorError("error in a broadcast on a new worker", { cause: outcome.reason }),
    );
  }

  async #othersOf({ errands }: Broadcast): Promise<void> {
    for (const { future } of errands.values()) {
      await future.exception().catch(() => undefined);
    }
  }
}

/** Why an errand did not run: the worker went before it began. */
class WorkerGone extends Error {}

function isGone(error: unknown): boolean {
  return error instanceof CancelledError && error.cause instanceof WorkerGone;
}
