import { futureControl, type Future } from "../../future.js";
import { watchSignal } from "../../internal/abort-hub.js";
import type { CallEnd } from "../../internal/call-end.js";
import type { FutureOwner } from "../../internal/future-owner.js";
import type { FifoNode } from "../../internal/fifo.js";
import type { TaskOptions } from "../../task-options.js";
import type { Chunk, ChunkFailure, ChunkOutcome, StreamCommand } from "../shared/messages.js";
import type { Values } from "../shared/values.js";
import type { CallStreams } from "./call-streams.js";
import type { QueueEntry } from "./queue-entry.js";
import type { SubmissionStack } from "./submission-stacks.js";

/** What a call needs of its executor. */
export interface CallHost {
  /** Whether the first of the arguments is the caller's context. */
  readonly carriesContext: boolean;
  /** Takes back a call that has not begun; false when it has. */
  takeBack(call: WorkerCall): boolean;
  /** Begins to stop a call that runs. */
  stop(call: WorkerCall, stop: Stop): void;
  /** Lets this thread stand still until the call is done, or until that moment of `monotonicMs()`. */
  block(call: WorkerCall, untilMs: number): void;
  /** So many calls are about to end in this way: more than one for a chunk. */
  ended(end: CallEnd, calls: number): void;
}

/** What a call needs of the worker that it was sent to. */
export interface CallWorker {
  /** Takes back the call if the worker has not begun it: exact, as only one side can win. */
  takeBack(call: WorkerCall): boolean;
  hasBegun(call: WorkerCall): boolean;
  /** When a timed call began, in milliseconds of `monotonicMs()`; undefined while it waits. */
  begunAt(call: WorkerCall): number | undefined;
  /** Asks a running call to stop: the reason reaches its signal. */
  askToStop(call: WorkerCall, reason: unknown): void;
  /**
   * Sends something about the streams of a call.
   *
   * @throws What stands against sending it.
   */
  tell(command: StreamCommand, transfer?: readonly object[]): void;
  /** Is told that somebody waits for a call of its, or nobody any more. */
  rests(resting: boolean): void;
}

/** Why a call was asked to stop, and what its future becomes when it obeys or its worker is killed. */
export interface Stop {
  readonly reason: unknown;
  readonly timedOut: boolean;
}

const NO_OPTIONS: TaskOptions = {};

/** What few calls have: kept apart, as of many calls at once their size is most of what they cost. */
class Rare {
  stop: Stop | undefined;
  streams: CallStreams | undefined;
  refused: readonly ChunkFailure[] | undefined;
  stopTimer: (() => void) | undefined;
  setbacks = 0;
  readonly releases: (() => void)[] = [];
}

/** One call, or one chunk of `map`, for a worker: from the queue to a slot to its end. */
export class WorkerCall<T = unknown> implements FutureOwner, QueueEntry, FifoNode<QueueEntry> {
  readonly future: Future<T>;
  /** Its place in the queue is the call itself: one object less of each. */
  queued = false;
  previous: FifoNode<QueueEntry> | undefined;
  next: FifoNode<QueueEntry> | undefined;
  /** The worker it was sent to, and the slot there. */
  worker: CallWorker | undefined;
  slot = -1;
  /** Where it was submitted, for the stack of its error. */
  submission: SubmissionStack | undefined;
  /** The place among calls of one priority: they go back to the queue by it when a worker dies. */
  sequence = 0;
  #rare: Rare | undefined;

  constructor(
    readonly host: CallHost,
    readonly task: number,
    readonly args: readonly unknown[],
    readonly options: TaskOptions = NO_OPTIONS,
    /** The calls of a chunk of `map`, which then stands for all of them. */
    readonly chunk?: Chunk,
  ) {
    this.future = futureControl.create<T>(this);
  }

  /** The call in the queue. */
  get value(): this {
    return this;
  }

  get stop(): Stop | undefined {
    return this.#rare?.stop;
  }
  set stop(stop: Stop | undefined) {
    this.#apart().stop = stop;
  }

  /** Its streams, where it has some. */
  get streams(): CallStreams | undefined {
    return this.#rare?.streams;
  }
  set streams(streams: CallStreams | undefined) {
    this.#apart().streams = streams;
  }

  /** Of a chunk, the calls whose arguments could not be cloned: the worker was sent the others. */
  get refused(): readonly ChunkFailure[] | undefined {
    return this.#rare?.refused;
  }
  set refused(refused: readonly ChunkFailure[] | undefined) {
    this.#apart().refused = refused;
  }

  /** Stops the clock of `timeoutMs`, which runs while a worker has the call. */
  get stopTimer(): (() => void) | undefined {
    return this.#rare?.stopTimer;
  }
  set stopTimer(stopTimer: (() => void) | undefined) {
    this.#apart().stopTimer = stopTimer;
  }

  /** How many workers died when it was the next that they would have begun. */
  get setbacks(): number {
    return this.#rare?.setbacks ?? 0;
  }
  set setbacks(setbacks: number) {
    this.#apart().setbacks = setbacks;
  }

  get priority(): number {
    return this.options.priority ?? 0;
  }

  /** Whether it can be sent only once: its buffers are gone afterwards. */
  get pinned(): boolean {
    return this.options.transfer !== undefined;
  }

  /** Whether nothing goes with its arguments: neither a name, nor streams, nor anything that is moved; nor other calls. */
  get isBare(): boolean {
    const { name, transfer } = this.options;
    return (
      !this.isChunk && name === undefined && transfer === undefined && this.streams === undefined
    );
  }

  /** Whether it is for one worker and no other, so that nobody may take it back for another. */
  get bound(): boolean {
    return false;
  }

  /** Whether it may be what workers die of as they read its arguments: nothing else must be with it. */
  get risky(): boolean {
    return this.setbacks > 0;
  }

  hasBegun(): boolean {
    return this.worker?.hasBegun(this) ?? false;
  }

  cancel(): boolean {
    if (!this.host.takeBack(this)) return false;
    this.release();
    this.host.ended("cancelled", this.weight);
    return true;
  }

  abort(reason: unknown): boolean {
    this.host.stop(this, { reason, timedOut: false });
    return true;
  }

  block(untilMs: number): void {
    this.host.block(this, untilMs);
  }

  /** Ties the call to the signal of its options, which may cancel it here and now. */
  watchSignal(): void {
    watchSignal(this.options.signal, this.future, this);
  }

  /** Calls `release` when the call has settled. */
  onRelease(release: () => void): void {
    this.#apart().releases.push(release);
  }

  get isChunk(): boolean {
    return this.chunk !== undefined;
  }

  /** Calls of the task that this one stands for. */
  get weight(): number {
    const { chunk } = this;
    if (chunk === undefined) return 1;
    return "each" in chunk ? chunk.each.length : chunk.lists.length;
  }

  succeeded(value: T): void {
    if (this.future.done()) return;
    this.release();
    if (this.isChunk) this.#countItems(value as ChunkOutcome<Values>);
    else this.host.ended("completed", 1);
    futureControl.resolve(this.future, value);
  }

  failed(error: unknown): void {
    if (this.future.done()) return;
    this.release();
    this.host.ended("failed", this.weight);
    futureControl.reject(this.future, error);
  }

  cancelled(reason: unknown): void {
    if (this.future.done()) return;
    this.release();
    this.host.ended("cancelled", this.weight);
    futureControl.cancel(this.future, reason);
  }

  /** Settles a call that was stopped: it obeyed, or its worker was killed. */
  stopped(): void {
    if (this.stop?.timedOut) this.failed(this.stop.reason);
    else this.cancelled(this.stop?.reason);
  }

  release(): void {
    if (this.#rare === undefined) return;
    this.stopTimer?.();
    for (const release of this.#rare.releases.splice(0)) release();
  }

  #apart(): Rare {
    return (this.#rare ??= new Rare());
  }

  #countItems({ values, thrown = [], stopped = values.length }: ChunkOutcome<Values>): void {
    const failed = thrown.filter(([index]) => index < stopped).length;
    if (failed > 0) this.host.ended("failed", failed);
    if (stopped < values.length) this.host.ended("cancelled", values.length - stopped);
    this.host.ended("completed", stopped - failed);
  }
}
