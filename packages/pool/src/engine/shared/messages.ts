import type { MessagePort } from "node:worker_threads";
import type { EncodedThrown } from "../../codec/encode-error.js";
import type { TaskSource } from "../../task.js";
import type { Packed } from "./packed.js";

/** What a worker gets at its birth, through `workerData`. */
export interface WorkerBirth {
  readonly workerId: number;
  readonly port: MessagePort;
  readonly memory: SharedArrayBuffer;
  /** Measured run time per task in microseconds, shared by all workers of an executor. */
  readonly runTimes: SharedArrayBuffer;
  readonly spinUs: number;
  /** How many calls it may have begun and not ended. */
  readonly concurrency: number;
  readonly initializer:
    { readonly source: TaskSource; readonly args: readonly unknown[] } | undefined;
}

/**
 * From parent to worker. An array holds the arguments of calls: the ticket of each and its value, and again; or `~ticket` and a
 * record, whose words follow.
 */
export type ToWorker =
  | typeof WAKE
  | readonly unknown[]
  | { readonly kind: "tasks"; readonly from: number; readonly tasks: readonly TaskEntry[] }
  | { readonly kind: "abort"; readonly ticket: number; readonly reason: EncodedThrown }
  | FlowOrder
  | { readonly kind: "sync" }
  | { readonly kind: "leave" };

/** From parent to worker, about the streams of one call; `call` is its number in FlowArguments. */
export type FlowOrder =
  /** Of what the task yields, so many items in all may be sent. */
  | { readonly kind: "credit"; readonly call: number; readonly total: number }
  /** Of a stream among its arguments. */
  | {
      readonly kind: "items";
      readonly call: number;
      readonly source: number;
      readonly items: unknown[];
    }
  | {
      readonly kind: "source ended";
      readonly call: number;
      readonly source: number;
      readonly failure: EncodedThrown | undefined;
    };

/** The arguments of a call that has streams. */
export interface FlowArguments {
  readonly call: number;
  readonly name: string | undefined;
  readonly args: readonly unknown[];
  /** Which of the arguments are streams: they come when the task asks for them. */
  readonly sources: readonly number[];
  /** How many items the task may send at first; undefined where what it returns is a value and no stream. */
  readonly credit: number | undefined;
}

/** A task as the worker must know it: where it is, and what it is called. */
export interface TaskEntry {
  readonly source: TaskSource;
  readonly name: string;
  /** The task that puts the caller's context around it, which then is the first argument. */
  readonly restore: TaskSource | undefined;
}

/** From worker to parent. An array holds replies: ticket, status, value, and again. */
export type FromWorker =
  | typeof WAKE
  | unknown[]
  /** The program runs, and begins with the initializer. */
  | { readonly kind: "alive" }
  | { readonly kind: "up" }
  /** The answer to "sync": every reply that was due has been posted. */
  | { readonly kind: "synced" }
  | ({ readonly kind: "printed" } & Printed)
  /** What came from the parent cannot be true, and the worker runs nothing any more. */
  | { readonly kind: "fault"; readonly message: string }
  | { readonly kind: "initializer failed"; readonly error: EncodedThrown };

export type StreamName = "stdout" | "stderr";

/** What a worker printed: whole lines with their ends; only the last of a worker may have none. */
export interface Printed {
  readonly stream: StreamName;
  readonly text: string;
  /** The name of the call that printed it. */
  readonly name: string | undefined;
}

/** Nothing but a wake-up. */
export const WAKE = 0;

/** What the value of a reply is. */
export const ReplyStatus = {
  Value: 0,
  /** Thrown by the task, encoded. */
  Thrown: 1,
  /** Reported by `currentTask().report()`; the call goes on. */
  Progress: 2,
  /** The task ended because it was asked to. */
  Stopped: 3,
  /** The outcomes of a chunk. */
  Chunk: 4,
  /** Some of what the task yields, as an array; the call goes on, as with all that follows. */
  Items: 5,
  /** `[source, total]`: of a stream among the arguments so many items in all may be sent. */
  Pull: 6,
  /** The task has left a stream among its arguments. */
  Leave: 7,
  /** The value is a record, whose words follow in its place. */
  Record: 8,
} as const;

/** What was thrown at some place of a chunk of `map`. */
export type ChunkFailure = readonly [index: number, error: EncodedThrown];

/** The outcomes of a chunk of `map`: the values, and for some places what was thrown there instead. */
export interface ChunkOutcome {
  readonly values: unknown[];
  readonly thrown: readonly ChunkFailure[] | undefined;
  /** From this place on the calls were stopped on request or never begun; absent where none was. */
  readonly stopped?: number | undefined;
}

/** The same on its way. */
export interface SentOutcome extends Omit<ChunkOutcome, "values"> {
  readonly values: readonly unknown[] | Packed;
}
