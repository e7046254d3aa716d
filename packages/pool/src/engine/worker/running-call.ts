import { AsyncLocalStorage } from "node:async_hooks";
import {
  installCallStore,
  type CurrentCall,
  type TaskContext,
} from "../../internal/task-context.js";
import { AbortFlag, type Ring } from "../shared/ring.js";
import type { Replies } from "./replies.js";

/** What a call needs of its worker to serve `currentTask()`. */
export interface CallEnvironment {
  readonly workerId: number;
  readonly ring: Ring;
  readonly replies: Replies;
  /** Reads what the parent has posted, in the middle of a call that never yields. */
  drainMessages(): void;
}

/** A call that this worker runs, as its task sees it; the context is made when the task asks. */
export class RunningCall implements CurrentCall {
  readonly executor = this;
  /** Whether the task has reported: its value must then take the same way, and not overtake. */
  reported = false;
  #environment: CallEnvironment;
  #controller: AbortController | undefined;
  #context: TaskContext | undefined;
  #stopReason: { reason: unknown } | undefined;
  #ended = false;

  constructor(
    environment: CallEnvironment,
    readonly slot: number,
    readonly name: string,
  ) {
    this.#environment = environment;
  }

  running(): boolean {
    return !this.#ended;
  }

  end(): void {
    this.#ended = true;
  }

  /** The parent asks the call to stop. */
  stop(reason: unknown): void {
    if (this.#ended || this.#stopReason !== undefined) return;
    this.#stopReason = { reason };
    this.#controller?.abort(reason);
  }

  /** Says whether the parent has asked: the shared flag is set before any message can come. */
  asked(): boolean {
    return (Atomics.load(this.#environment.ring.abort, this.slot) & AbortFlag.Asked) !== 0;
  }

  /** Says whether a failure is how the task obeyed, rather than a failure of its own. */
  isAnswer(error: unknown): boolean {
    if (this.#stopReason === undefined) return false;
    const { reason } = this.#stopReason;
    if (error === reason) return true;
    return error instanceof Error && (error.name === "AbortError" || error.cause === reason);
  }

  context(): TaskContext {
    this.#context ??= this.#createContext();
    return this.#context;
  }

  #createContext(): TaskContext {
    const { workerId, replies } = this.#environment;
    const controller = new AbortController();
    this.#controller = controller;
    if (this.#stopReason !== undefined) controller.abort(this.#stopReason.reason);
    return {
      signal: controller.signal,
      throwIfAborted: () => {
        // The flag is in shared memory, so it is seen by a loop that never lets a message in.
        if (!this.#ended && this.asked() && !controller.signal.aborted) {
          this.#environment.drainMessages();
        }
        controller.signal.throwIfAborted();
      },
      report: (progress) => {
        if (this.#ended) return;
        this.reported = true;
        replies.report(this.slot, progress);
      },
      name: this.name,
      workerId,
    };
  }
}

/** Makes `currentTask()` find the call at hand. A worker runs one at a time, so a variable will do. */
export class WorkerCallStore {
  current: RunningCall | undefined;

  install(): void {
    // An executor of the caller's thread inside a task still gives its calls contexts of their own.
    const nested = new AsyncLocalStorage<CurrentCall>();
    installCallStore({
      getStore: () => nested.getStore() ?? this.current,
      run: (call, body) => nested.run(call, body),
    });
  }
}
