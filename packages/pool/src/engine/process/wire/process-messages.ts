import type { EncodedThrown } from "../../../codec/encode-error.js";
import type { TaskSource } from "../../../task.js";
import type { Nesting } from "../../shared/nesting.js";
import type { CallId } from "./call-id.js";
import {
  ReplyStatus,
  type StreamCommand,
  type Printed,
  type TaskEntry,
} from "../../shared/messages.js";

/** What a child process gets from its parent before anything else. */
export interface ChildBirth {
  readonly workerId: number;
  readonly nesting: Nesting;
  readonly name: string;
  /** Where the parent listens; undefined where it cannot: then frames go by Node's own channel. */
  readonly address: string | undefined;
  /** What the parent knows the child by. */
  readonly token: string;
  /** How many calls it may have begun and not ended. */
  readonly concurrency: number;
  readonly initializer: { readonly source: TaskSource; readonly args: Buffer } | undefined;
}

/** Characters of a token. */
export const TOKEN_LENGTH = 64;

/**
 * A child makes several connections, and says after the token what each is for. Were there one connection for both ways, the parent
 * that writes to a child just gone would lose what the child had written: Node closes a socket that cannot be written to.
 */
export const ConnectionRole = {
  Calls: "c",
  Replies: "r",
  /** To a thread of the child, which answers also while a call keeps the child from its event loop. */
  Recalls: "t",
} as const;

/** The answer to a request to take a call back: two numbers of four bytes, its CallId and one of these. */
export const Recall = { Begun: 0, TakenBack: 1 } as const;
export const RECALL_BYTES = 4;
export const RECALL_ANSWER_BYTES = 8;

/** The second number of a call: the task, times FLAGS, plus these. The first is its CallId. */
export const CallFlag = {
  /** The parent must be told when the call begins, as its time is limited. */
  Timed: 1,
  /** The value is an array of argument lists, and not one list. */
  Chunk: 2,
  /** The value is a name for the call and the arguments. */
  Named: 4,
  /** The call has one argument, which is the value. With Chunk: each has one, and the value is an array of those. */
  Flat: 8,
  /** The value is a StreamArguments. */
  Streams: 16,
} as const;
export const FLAGS = 32;

/** The second number of a reply. The first is the CallId of its call. */
export const ProcessReply = {
  ...ReplyStatus,
  /** The call has begun, at this many milliseconds of `monotonicMs()`. */
  Begun: 11,
  /** The first number is a task: its calls take so many microseconds. */
  RunTime: 13,
  /** The call was taken back before it began: its slot is free. */
  Skipped: 14,
} as const;

/** Commands from the parent. */
export type ToChild =
  | { readonly kind: "tasks"; readonly from: number; readonly tasks: readonly TaskEntry[] }
  | { readonly kind: "abort"; readonly call: CallId; readonly reason: EncodedThrown }
  | StreamCommand
  | { readonly kind: "leave" };

/** Words of a child about itself. */
export type FromChild =
  /** The program runs, and begins with the initializer. */
  | { readonly kind: "started" }
  | { readonly kind: "ready" }
  | ({ readonly kind: "printed" } & Printed)
  | { readonly kind: "initializer failed"; readonly error: EncodedThrown }
  /** Its last word: which calls run, so that all others are known not to. */
  | {
      readonly kind: "exiting";
      readonly running: readonly CallId[];
      readonly error: EncodedThrown | undefined;
    }
  /** What has come from the parent cannot be what it has sent. */
  | { readonly kind: "garbled"; readonly error: EncodedThrown };
