import type { StreamCommand, Printed, TaskEntry } from "../shared/messages.js";
import type { CallWorker, WorkerCall } from "../calls/worker-call.js";

/** How a worker ended. */
export interface WorkerEnd {
  readonly exitCode: number | undefined;
  /** The signal that ended a child process. */
  readonly signal?: string | undefined;
  /** What it threw outside any task, or why it ran out of memory. */
  readonly error: unknown;
  /** Whether it may have told why, and nobody listened: the next one is listened to. */
  readonly isUnexplained?: boolean;
}

/** What a handle tells the worker set. */
export interface WorkerListener {
  /** The worker's program runs; its initializer may take long still. */
  started(worker: WorkerHandle): void;
  /** The initializer is through, and calls run. */
  ready(worker: WorkerHandle): void;
  initializerFailed(worker: WorkerHandle, error: unknown): void;
  /** The worker has printed whole lines. */
  printed(worker: WorkerHandle, printed: Printed): void;
  /** Calls have ended, so there is room. */
  freed(worker: WorkerHandle): void;
  /** Calls that were sent and asked for have come back: the worker never begins them. */
  returned(worker: WorkerHandle, calls: readonly WorkerCall[]): void;
  /** The worker is gone; told once. */
  ended(worker: WorkerHandle, end: WorkerEnd): void;
}

/** The calls that were with a worker that is given up. */
export interface AbandonedCalls {
  /** It ran these. */
  readonly begun: WorkerCall[];
  /** It had these in its hands, and nobody can tell any more whether it had begun them. */
  readonly unsure: WorkerCall[];
  /** It never began these, and never will. */
  readonly waiting: WorkerCall[];
}

/** The parent's end of one worker. */
export abstract class WorkerHandle implements CallWorker {
  /** Whether the worker's program runs. */
  isStarted = false;
  /** Whether the initializer is through and calls run. */
  isReady = false;
  /** Whether calls can no longer be sent: the worker is gone, was killed, or was told to leave. */
  closed = false;
  /** Places in use, also those of calls that were taken back and that the worker has still to skip. */
  held = 0;
  /** Calls sent and not settled. */
  live = 0;
  /** Calls ever sent and not taken back. */
  sent = 0;
  /** Calls sent that nobody waits for at the moment: they do not keep the program alive. */
  resting = 0;
  /** Whether calls must wait until it has run its broadcast calls: see Broadcasts. */
  blocked = false;
  /** Whether it holds a call that its worker may die of. */
  risky = false;
  /** Whether it was ended because of what came from it. */
  faulty = false;
  /** The name of the call that it was killed for. */
  killedFor: string | undefined;

  constructor(readonly workerId: number) {}

  /** Counts a call in that has got a slot. */
  protected admit(call: WorkerCall, slot: number): void {
    call.worker = this;
    call.slot = slot;
    this.held += 1;
    this.live += 1;
    this.sent += 1;
    if (call.risky) this.risky = true;
    if (call.streams?.resting) this.resting += 1;
  }

  /** Counts a call out; its slot may stay in use. */
  protected dismiss(call: WorkerCall): void {
    this.live -= 1;
    if (call.streams?.resting) this.resting -= 1;
    call.worker = undefined;
  }

  /** How many more calls can be placed. */
  abstract get room(): number;
  /** Calls placed that the worker has not come to yet, as far as can be seen from here. */
  abstract get unseen(): number;
  /** A number that changes as the worker comes to calls, where that can be seen from here and the others can be taken back. */
  abstract get begunCount(): number | undefined;
  /** Whether it has calls that take long, or nobody knows how long, where calls behind them cannot be taken back at once. */
  get holdsLong(): boolean {
    return false;
  }
  /**
   * Puts a call into the worker's hands; `publish()` lets the worker see it. The call's `worker` says whether that was done: to read
   * its arguments may run code of users, which may have ended the call, or the worker.
   *
   * @throws {SerializationError} Where it says so: the arguments cannot be sent, and nothing has happened.
   */
  abstract place(call: WorkerCall, tasks: readonly TaskEntry[]): void;
  /** Lets the worker see what was placed; true when it had to be woken for that. */
  abstract publish(): boolean;
  /** Lets a worker with nothing to do begin what was placed if `publish()` does not come soon. */
  offer?(): void;
  /** Takes a call back if the worker has not begun it: exact, as only one side can win. */
  abstract takeBack(call: WorkerCall): boolean;
  /**
   * Takes back the newest calls that have not begun, so many at most, in the order of their submission. Where it takes a
   * request, WorkerListener is told of those that come back.
   */
  abstract takeBackNewest(most: number): WorkerCall[];
  abstract hasBegun(call: WorkerCall): boolean;
  /** When a timed call began, in milliseconds of `monotonicMs()`; undefined while it waits. */
  abstract begunAt(call: WorkerCall): number | undefined;
  /** Asks a running call to stop: the reason reaches its signal. */
  abstract askToStop(call: WorkerCall, reason: unknown): void;
  /**
   * Sends something about the streams of a call.
   *
   * @throws What stands against sending it.
   */
  abstract tell(command: StreamCommand, transfer?: readonly object[]): void;
  /** Is told that somebody waits for a call of its, or nobody any more. */
  abstract rests(resting: boolean): void;
  /** Lets the worker know whether somebody looks for its results every other millisecond, where it can be known. */
  watched?(looks: boolean): void;
  /** Reads what the worker has finished, without waiting for the event loop; false when there was nothing. */
  abstract collectAll(): boolean;
  /** Reads what a worker that is gone had finished. */
  abstract collectLast(): void;
  /** Tells the worker to end when it has nothing to do. */
  abstract leave(): void;
  /**
   * Gives up the calls that are left, parted by what is known of them. The worker may be at work for a moment still, so
   * the others are taken back: what begins here must not begin elsewhere, too.
   */
  abstract abandon(): AbandonedCalls;
  /** Whether only its end tells which calls it has begun: until then none of them can be given to others. */
  abstract get tellsAtEnd(): boolean;
  /** Lets go of one call. */
  abstract forget(call: WorkerCall): void;
  /** All calls that the worker holds. */
  abstract calls(): Iterable<WorkerCall>;
  /** Lets the worker keep the program alive until it is gone. */
  abstract ref(): void;
  /** Ends the worker at once. */
  abstract kill(): void;
  /** Asks the worker to end, where it can be asked, and ends it when it does not within so many milliseconds. */
  terminate(_graceMs: number): void {
    this.kill();
  }
  /** Lets go of the channel to a worker that is gone. */
  abstract dispose(): void;
}

/** One wait of this thread in which it stands still, and its event loop with it. */
export interface BlockedWait {
  /** Waits until something comes from a worker, so many milliseconds at most, and reads it. It may return before. */
  next(ms: number): void;
  /** The event loop goes on. */
  end(): void;
}

/** Makes workers of one kind, and their handles. */
export interface Transport {
  /** Whether calls that were sent can be taken back here and now, and not only on request. */
  readonly takesBackAtOnce: boolean;
  /**
   * Makes a worker. It is not referenced: what it does keeps the program alive, not that it exists.
   *
   * @throws What Node throws for options that no worker can be made with.
   */
  open(workerId: number, name: string, listener: WorkerListener): WorkerHandle;
  /** Begins a wait without the event loop; absent where nothing comes from workers without it. */
  blockedWait?(): BlockedWait;
  /** Is told after each hand-out how things stand. */
  handedOut(busyWorkers: number, inFlight: number, woke: boolean): void;
  /** Ends what is kept for the workers, when the last of them is gone. */
  end(): Promise<void>;
}
