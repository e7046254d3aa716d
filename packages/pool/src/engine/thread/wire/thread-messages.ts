import type { MessagePort } from "node:worker_threads";
import type { EncodedThrown } from "../../../codec/encode-error.js";
import type { TaskSource } from "../../../task.js";
import type { Nesting } from "../../shared/nesting.js";
import type { StreamCommand, Printed, TaskEntry } from "../../shared/messages.js";

/** What a worker gets at its birth, through `workerData`. */
export interface WorkerBirth {
  readonly workerId: number;
  readonly nesting: Nesting;
  readonly port: MessagePort;
  readonly memory: SharedArrayBuffer;
  /** What wakes the parent when it stands still, shared by all its workers. */
  readonly eventCount: SharedArrayBuffer;
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
export type ToWorker = typeof WAKE | readonly unknown[] | ParentCommand;

/** What the parent tells a worker to do. */
export type ParentCommand =
  | { readonly kind: "tasks"; readonly from: number; readonly tasks: readonly TaskEntry[] }
  | { readonly kind: "abort"; readonly ticket: number; readonly reason: EncodedThrown }
  | StreamCommand
  | { readonly kind: "sync" }
  | { readonly kind: "leave" };

/** From worker to parent. An array holds replies: ticket, status, value, and again. */
export type FromWorker =
  | typeof WAKE
  | unknown[]
  /** The program runs, and begins with the initializer. */
  | { readonly kind: "started" }
  | { readonly kind: "ready" }
  /** The answer to "sync": every reply that was due has been posted. */
  | { readonly kind: "synced" }
  | ({ readonly kind: "printed" } & Printed)
  /** Nobody caught this, and the worker ends. */
  | { readonly kind: "uncaught"; readonly error: EncodedThrown }
  /** What came from the parent cannot be true, and the worker runs nothing any more. */
  | { readonly kind: "fault"; readonly message: string }
  | { readonly kind: "initializer failed"; readonly error: EncodedThrown };

/** Nothing but a wake-up. */
export const WAKE = 0;
