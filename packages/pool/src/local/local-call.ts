import { AsyncResource } from "node:async_hooks";
import { BrokenExecutorError, TimeoutError } from "../errors.js";
import { futureControl, type Future } from "../future.js";
import { watchSignal } from "../internal/abort-hub.js";
import type { CallEnd } from "../internal/call-end.js";
import type { FutureOwner } from "../internal/future-owner.js";
import { isAnswerTo, isThenable } from "../internal/kinds.js";
import { startTimer } from "../internal/timer.js";
import type { TaskOptions } from "../task-options.js";
import type { Callable } from "./resolve-task.js";
import { callStore, type CurrentCall, type TaskContext } from "../internal/task-context.js";
import { AbortController, apply, whenSettled } from "../internal/platform.js";

/** What a call needs of its executor. */
export interface LocalCallHost {
  readonly killAfterMs: number;
  /** The executor's identity, for calls that ask what they run in. */
  readonly executor: object;
  /** The call is about to settle in this way; its place is free. */
  ended(call: LocalCall, end: CallEnd): void;
}

/**
 * One call that runs in this thread.
 *
 * JavaScript cannot be stopped from outside, so a call that does not end after it was asked to is given up: its
 * future settles and its place is free, while the function may go on unseen.
 */
export class LocalCall implements FutureOwner {
  readonly future: Future<unknown>;
  readonly name: string;
  readonly priority: number;
  /** Takes the call out of the queue where it waits; set by the executor that has one. */
  leaveQueue: (() => boolean) | undefined;
  readonly #host: LocalCallHost;
  readonly #options: TaskOptions;
  /** Cleared when the call ends, so that a kept future does not keep the arguments. */
  #work: { run: Callable; args: readonly unknown[]; submitter: AsyncResource } | undefined;
  #controller: AbortController | undefined;
  #context: TaskContext | undefined;
  /** Why the call was asked to stop, and what its future becomes when it obeys or is given up. */
  #stop: { reason: unknown; timedOut: boolean } | undefined;
  readonly #releases: (() => void)[] = [];

  constructor(
    host: LocalCallHost,
    task: { run: Callable; name: string },
    args: readonly unknown[],
    options: TaskOptions,
  ) {
    this.#host = host;
    this.#options = options;
    this.#work = { run: task.run, args, submitter: new AsyncResource("ConcurCall") };
    this.name = options.name ?? task.name;
    this.priority = options.priority ?? 0;
    this.future = futureControl.create(this);
  }

  /** Ties the call to the signal of its options, which may cancel it here and now. */
  watchSignal(): void {
    watchSignal(this.#options.signal, this.future, {
      cancelled: (reason) => {
        this.#end("cancelled", reason);
      },
      onRelease: (release) => {
        this.#releases.push(release);
      },
    });
  }

  /** Runs the function; its first part has run when this returns. */
  start(): void {
    const work = this.#work;
    if (work === undefined || !futureControl.start(this.future)) return;
    const { timeoutMs } = this.#options;
    if (timeoutMs !== undefined) {
      this.#releases.push(
        startTimer(timeoutMs, () => {
          const reason = new TimeoutError(
            `the call '${this.name}' ran longer than ${timeoutMs} ms`,
          );
          this.#askToStop(reason, true);
        }),
      );
    }
    const current = this.#createCurrent();
    let returned: unknown;
    try {
      // In the context of the submitter, as if it had called the function itself. As in a worker, there is no `this`.
      returned = work.submitter.runInAsyncScope(() =>
        callStore().run(current, () => apply(work.run, undefined, work.args)),
      );
      if (isThenable(returned)) {
        // By way of a promise, as await does it: a thenable is followed to its end, and heard only once.
        void whenSettled(
          returned,
          (value) => {
            this.#end("completed", value);
          },
          (error: unknown) => {
            this.#fail(error);
          },
        );
        return;
      }
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#end("completed", returned);
  }

  cancel(): boolean {
    if (!(this.leaveQueue?.() ?? false)) return false;
    this.#release();
    this.#host.ended(this, "cancelled");
    return true;
  }

  abort(reason: unknown): boolean {
    this.#askToStop(reason, false);
    return true;
  }

  /** Settles the future of a call that runs, whatever the function does: the executor is ended by force. */
  giveUp(): void {
    const reason = new BrokenExecutorError("the executor was ended by force while this call ran");
    this.#stop ??= { reason, timedOut: false };
    this.#end("failed", reason);
    this.#controllerOf().abort(reason);
  }

  /**
   * What the function leaves behind, such as a socket, holds this as its async context. Made apart from the
   * arguments, which would otherwise live as long.
   */
  #createCurrent(): CurrentCall {
    return {
      context: () => (this.#context ??= this.#createContext()),
      executor: this.#host.executor,
      running: () => this.future.running(),
    };
  }

  /** An object of its own, without `this`: a task may take it apart, and must not reach the call itself. */
  #createContext(): TaskContext {
    const { signal } = this.#controllerOf();
    const { future } = this;
    return {
      signal,
      throwIfAborted: () => {
        signal.throwIfAborted();
      },
      report: (progress) => {
        futureControl.progress(future, progress);
      },
      name: this.name,
      workerId: 0,
    };
  }

  #askToStop(reason: unknown, timedOut: boolean): void {
    if (this.#stop !== undefined) return;
    this.#stop = { reason, timedOut };
    this.#controllerOf().abort(reason);
    if (this.future.done()) return;
    this.#releases.push(
      startTimer(this.#options.killAfterMs ?? this.#host.killAfterMs, () => {
        this.#stopped();
      }),
    );
  }

  #controllerOf(): AbortController {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#stop !== undefined) this.#controller.abort(this.#stop.reason);
    }
    return this.#controller;
  }

  #fail(error: unknown): void {
    if (this.#stop !== undefined && isAnswerTo(this.#stop.reason, error)) this.#stopped();
    else this.#end("failed", error);
  }

  #stopped(): void {
    this.#end(this.#stop?.timedOut ? "failed" : "cancelled", this.#stop?.reason);
  }

  #end(end: CallEnd, value: unknown): void {
    // A function that was given up may still end; that is nobody's business any more.
    if (this.future.done()) return;
    this.#release();
    // Before the future settles, so that its callbacks find the place free.
    this.#host.ended(this, end);
    if (end === "completed") futureControl.resolve(this.future, value);
    else if (end === "failed") futureControl.reject(this.future, value);
    else futureControl.cancel(this.future, value);
  }

  #release(): void {
    this.#work?.submitter.emitDestroy();
    this.#work = undefined;
    for (const release of this.#releases.splice(0)) release();
  }
}
