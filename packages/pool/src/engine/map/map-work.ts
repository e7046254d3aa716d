import { CancelledError } from "../../errors.js";
import { futureControl } from "../../future.js";
import type { FifoNode } from "../../internal/fifo.js";
import { isTraced, traceCall, type CallTrace } from "../../tracing.js";
import type { TaskOptions } from "../../task-options.js";
import type { Chunk, ChunkOutcome } from "../shared/messages.js";
import type { Values } from "../shared/values.js";
import type { SubmissionStack } from "../calls/submission-stacks.js";
import type { QueueEntry } from "../calls/queue-entry.js";
import { WorkerCall, type CallHost } from "../calls/worker-call.js";
import { CHUNKS_PER_WORKER, CHUNK_US, LARGEST_CHUNK } from "../tuning.js";
import type { MapItems } from "./map-items.js";

/** Is told how the items of a chunk ended: one outcome each, or one reason for all of them. */
export interface ItemListener {
  outcomes(first: number, outcome: ChunkOutcome<Values>): void;
  allFailed(first: number, count: number, reason: unknown): void;
}

/**
 * The items of one `map` that have not been sent: a single entry of the queue, cut into chunks only when a worker has
 * room, so that their size can follow what has been measured by then.
 */
export class MapWork implements QueueEntry {
  sequence = 0;
  /** Where the map was submitted. */
  submission: SubmissionStack | undefined;
  /** Its place in the queue, as long as it stands there. */
  entry: FifoNode<QueueEntry> | undefined;
  /** The number of the item at the head. */
  #first = 0;
  readonly #calls = new Set<WorkerCall>();

  constructor(
    private readonly host: CallHost,
    readonly task: number,
    private readonly options: TaskOptions,
    private readonly workers: number,
    private readonly listener: ItemListener,
    private readonly names: Pick<CallTrace, "executor" | "task" | "name">,
    private readonly items: MapItems,
  ) {}

  get priority(): number {
    return this.options.priority ?? 0;
  }

  /** Items that have not been sent. */
  get size(): number {
    return this.items.size;
  }

  /** Cuts off the next chunk, given how long a call takes. */
  nextCall(runTimeUs: number): WorkerCall {
    const count = this.#chunkSize(runTimeUs);
    const first = this.#first;
    const chunk = this.items.take(count);
    this.#first += count;
    return count === 1 ? this.#single(first, chunk) : this.#chunk(first, count, chunk);
  }

  /** Drops what has not begun; what runs, runs on unheard. Gives the number of items that were never sent. */
  cancel(): number {
    const dropped = this.size;
    this.items.clear();
    for (const call of [...this.#calls]) call.future.cancel();
    return dropped;
  }

  /** Ends the items that were never sent with an error; gives their number. */
  fail(reason: unknown): number {
    const dropped = this.size;
    this.items.clear();
    if (dropped > 0) this.listener.allFailed(this.#first, dropped, reason);
    this.#first += dropped;
    return dropped;
  }

  #chunkSize(runTimeUs: number): number {
    const { chunkSize, timeoutMs, name } = this.options;
    // A limit or a name belongs to one call.
    if (timeoutMs !== undefined || name !== undefined) return 1;
    if (chunkSize !== undefined) return Math.min(chunkSize, this.size);
    // Nobody knows how long a call takes: what waits behind it in a chunk could not be cancelled.
    if (runTimeUs === 0) return 1;
    const share = Math.ceil(this.size / (this.workers * CHUNKS_PER_WORKER));
    const fitting = Math.ceil(CHUNK_US / runTimeUs);
    return Math.max(1, Math.min(share, fitting, LARGEST_CHUNK));
  }

  #single(first: number, chunk: Chunk): WorkerCall {
    const args = "each" in chunk ? [chunk.each[0]] : (chunk.lists[0] ?? []);
    const call = new WorkerCall(this.host, this.task, args, this.options);
    this.#watch(call, first, 1, (value) => ({ values: [value], thrown: undefined }));
    return call;
  }

  /** Tells of the items of a chunk; those that it did not come to, as it was stopped, are cancelled. */
  #tell(call: WorkerCall, first: number, outcome: ChunkOutcome<Values>): void {
    const { values, thrown, stopped } = outcome;
    if (stopped === undefined) {
      this.listener.outcomes(first, outcome);
      return;
    }
    if (stopped > 0) this.listener.outcomes(first, { values: values.slice(0, stopped), thrown });
    const reason = new CancelledError(undefined, { cause: call.stop?.reason });
    this.listener.allFailed(first + stopped, values.length - stopped, reason);
  }

  #chunk(first: number, count: number, chunk: Chunk): WorkerCall {
    const call = new WorkerCall(this.host, this.task, [], this.options, chunk);
    this.#watch(call, first, count, (value) => value as ChunkOutcome<Values>);
    return call;
  }

  #watch(
    call: WorkerCall,
    first: number,
    count: number,
    read: (value: unknown) => ChunkOutcome<Values>,
  ): void {
    call.sequence = this.sequence;
    call.submission = this.submission;
    // First, so that who traces calls can cancel this one.
    this.#calls.add(call);
    if (isTraced()) traceCall({ ...this.names, items: count }, () => call.future);
    futureControl.whenDone(call.future, () => {
      const { outcome } = call.future;
      this.#calls.delete(call);
      if (outcome?.status === "fulfilled") this.#tell(call, first, read(outcome.value));
      else this.listener.allFailed(first, count, outcome?.reason);
    });
    call.watchSignal();
  }
}
