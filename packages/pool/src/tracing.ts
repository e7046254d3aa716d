import { channel, tracingChannel } from "node:diagnostics_channel";
import { futureControl, type Future } from "./future.js";

/**
 * What the subscribers of the tracing channel `concur:call` are given: one object for all events of a call. `start` and `end`
 * surround its submission, `asyncStart` and `asyncEnd` its end; `error` comes before them when it fails or is cancelled.
 */
export interface CallTrace {
  /** The class of the executor. */
  readonly executor: string;
  /** The name of the task. */
  readonly task: string;
  /** The name of the call: the task's, unless `with({ name })` gave one. */
  readonly name: string;
  /** How many items of a `map` travel together in it; undefined for a call of its own. */
  readonly items?: number;
  /** From `end` on, for a call of its own. */
  future?: Future<unknown>;
  /** From `asyncStart` on, for a call of its own that succeeded. */
  result?: unknown;
  error?: unknown;
}

/** What the subscribers of the channel `concur:worker` are given. */
export interface WorkerTrace {
  /** `exit` is an end that was asked for, `crash` any other. */
  readonly event: "spawn" | "up" | "exit" | "crash";
  /** The name of the worker: the executor's `workerName` and a number. */
  readonly name: string;
  readonly workerId: number;
  /** Of `exit` and `crash`. */
  readonly exitCode?: number | undefined;
  /** Of `exit` and `crash`: the signal that ended a child process. */
  readonly signal?: string | undefined;
  /** Of `crash`: what the worker threw outside any task, where it did. */
  readonly error?: unknown;
}

const calls = tracingChannel<CallTrace>("concur:call");
const workers = channel("concur:worker");

/** Says whether anybody listens to calls. */
export function isTraced(): boolean {
  const { start, end, asyncStart, asyncEnd, error } = calls;
  return (
    start.hasSubscribers ||
    end.hasSubscribers ||
    asyncStart.hasSubscribers ||
    asyncEnd.hasSubscribers ||
    error.hasSubscribers
  );
}

/** Gives the names of a call and of its task. */
export function namesOf(
  { name: task }: { readonly name: string },
  options: { readonly name?: string | undefined },
): { task: string; name: string } {
  return { task, name: options.name ?? task };
}

/** Submits a call between `start` and `end`, in the stores that are bound to `start`, and tells of its end. */
export function traceCall<T>(trace: CallTrace, submit: () => Future<T>): Future<T> {
  return calls.start.runStores(trace, () => {
    try {
      const future = submit();
      if (trace.items === undefined) trace.future = future;
      futureControl.whenDone(future, () => {
        tellEnd(trace, future);
      });
      return future;
    } catch (error) {
      trace.error = error;
      calls.error.publish(trace);
      throw error;
    } finally {
      calls.end.publish(trace);
    }
  });
}

/** Tells what happens to workers. */
export function traceWorker(trace: WorkerTrace): void {
  if (workers.hasSubscribers) workers.publish(trace);
}

function tellEnd(trace: CallTrace, { outcome }: Future<unknown>): void {
  if (outcome?.status === "rejected") {
    trace.error = outcome.reason;
    calls.error.publish(trace);
  } else if (trace.items === undefined) {
    trace.result = outcome?.value;
  }
  calls.asyncStart.publish(trace);
  calls.asyncEnd.publish(trace);
}
