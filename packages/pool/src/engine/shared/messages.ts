import type { EncodedThrown } from "../../codec/encode-error.js";
import type { Values } from "./values.js";
import type { TaskSource } from "../../task.js";

/** From parent to worker, about the streams of one call; `call` is its number in StreamArguments. */
export type StreamCommand =
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
export interface StreamArguments {
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

export type StreamName = "stdout" | "stderr";

/** What a worker printed: whole lines with their ends; only the last of a worker may have none. */
export interface Printed {
  readonly stream: StreamName;
  readonly text: string;
  /** The name of the call that printed it. */
  readonly name: string | undefined;
}

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
  /** The value is undefined, which JSON does not know. */
  Undefined: 9,
  /** The values of a chunk in which nothing failed. */
  Values: 10,
  /** The arguments cannot be read by the worker. */
  Unreadable: 12,
} as const;

/** The calls of a chunk of `map`. */
export type Chunk =
  /** They have one argument each. */
  | { readonly each: ArrayLike<unknown> }
  /** They have lists of arguments; undefined where one could not be sent. */
  | { readonly lists: readonly (readonly unknown[] | undefined)[] };

/** What was thrown at some place of a chunk of `map`. */
export type ChunkFailure = readonly [index: number, error: EncodedThrown];

/** The outcomes of a chunk of `map`: the values, and for some places what was thrown there instead. */
export interface ChunkOutcome<V extends Values = unknown[]> {
  readonly values: V;
  readonly thrown: readonly ChunkFailure[] | undefined;
  /** From this place on the calls were stopped on request or never begun; absent where none was. */
  readonly stopped?: number | undefined;
}
