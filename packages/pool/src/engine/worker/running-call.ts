import { AsyncLocalStorage } from "node:async_hooks";
import {
  installCallStore,
  type CurrentCall,
  type TaskContext,
} from "../../internal/task-context.js";

/** What a call needs of its worker to serve `currentTask()`. */
export interface CallEnvironment {
  readonly workerId: number;
  /** Whether the parent has asked a call to stop, as far as can be seen without reading messages. */
  asked(call: RunningCall): boolean;
  /**
   * Sends a report of progress.
   *
   * @throws {SerializationError} When it cannot be sent.
   */
  report(call: RunningCall, progress: unknown): void;
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

  /** Says whether the parent has asked. */
  asked(): boolean {
    return this.#stopReason !== undefined || this.#environment.asked(this);
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
    const environment = this.#environment;
    const controller = new AbortController();
    this.#controller = controller;
    if (this.#stopReason !== undefined) controller.abort(this.#stopReason.reason);
    return {
      signal: controller.signal,
      throwIfAborted: () => {
        if (!this.#ended && !controller.signal.aborted && this.asked()) environment.drainMessages();
        controller.signal.throwIfAborted();
      },
      report: (progress) => {
        if (this.#ended) return;
        this.reported = true;
        environment.report(this, progress);
      },
      name: this.name,
      workerId: environment.workerId,
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
