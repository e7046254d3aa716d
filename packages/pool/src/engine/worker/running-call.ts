import { AsyncLocalStorage } from "node:async_hooks";
import {
  installCallStore,
  type CurrentCall,
  type TaskContext,
} from "../../internal/task-context.js";
import { explainMissingName } from "./inline-code.js";
import { isAnswerTo } from "../../internal/kinds.js";
import { AbortController, monotonicMs, whenSettled } from "../../internal/platform.js";

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
  /** Whether the task was sent as text. */
  isInline = false;
  readonly executor = this;
  /** Whether the task has reported: its value must then take the same way, and not overtake. */
  reported = false;
  /** Arguments in which there are copies of what threads share. */
  shareables: unknown;
  /** The number that its streams go by, where it has some. */
  streamsId: number | undefined;
  #environment: CallEnvironment;
  #controller: AbortController | undefined;
  #context: TaskContext | undefined;
  #stopReason: { reason: unknown } | undefined;
  #ended = false;

  constructor(
    environment: CallEnvironment,
    /** Its slot or, in a thread, its ticket. */
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
    return this.#stopReason !== undefined && isAnswerTo(this.#stopReason.reason, error);
  }

  /** What the task threw; where it was sent as text and a name is missing there, with a word about that. */
  explained(error: unknown): unknown {
    return this.isInline ? explainMissingName(error) : error;
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

/** Is told of the end of a call that had given a promise. */
export interface LateOutcome {
  /** How long it was, in microseconds. */
  took(us: number): void;
  succeeded(value: unknown): void;
  failed(error: unknown): void;
}

/** The calls that a worker has begun and not ended; it makes `currentTask()` find the one that the code at hand is of. */
export class RunningCalls {
  /** Whether calls run beside each other, and have to be told apart. */
  readonly several: boolean;
  /** Calls that wait for a promise. */
  waiting = 0;
  readonly #contexts = new AsyncLocalStorage<CurrentCall>();
  readonly #bySlot = new Map<number, RunningCall>();
  /** Of a worker that runs one call at a time: a variable costs less than an async context, and it is enough. */
  #only: RunningCall | undefined;

  readonly #resumed: () => void;

  /**
   * @param most - How many may be under way.
   * @param resumed - Is told that a call which had waited has ended.
   */
  constructor(
    readonly most: number,
    resumed: () => void,
  ) {
    this.several = most > 1;
    this.#resumed = resumed;
  }

  /** Whether one more can be begun. */
  get room(): boolean {
    return this.waiting < this.most;
  }

  /** The call that the code at hand belongs to, as far as can be told. */
  get current(): RunningCall | undefined {
    if (!this.several) return this.#only;
    const call = this.#contexts.getStore();
    return call instanceof RunningCall ? call : undefined;
  }

  install(): void {
    installCallStore({
      // An executor of the caller's thread inside a task gives its calls contexts of their own.
      getStore: () => this.#contexts.getStore() ?? this.#only,
      run: (call, body) => this.#contexts.run(call, body),
    });
  }

  begin(call: RunningCall): void {
    if (this.several) this.#bySlot.set(call.slot, call);
    else this.#only = call;
  }

  end(call: RunningCall): void {
    call.end();
    if (this.#only === call) this.#only = undefined;
    if (this.several) this.#bySlot.delete(call.slot);
  }

  /** Gives the call in a slot, if it has begun and not ended. */
  at(slot: number): RunningCall | undefined {
    if (this.several) return this.#bySlot.get(slot);
    return this.#only?.slot === slot ? this.#only : undefined;
  }

  /** The slots of the calls that have begun and not ended. */
  get slots(): number[] {
    if (this.several) {
      const slots: number[] = [];
      this.#bySlot.forEach((_call, slot) => slots.push(slot));
      return slots;
    }
    return this.#only === undefined ? [] : [this.#only.slot];
  }

  /** Waits for the outcome of a call that gave a promise; others run meanwhile where there is room. */
  follow(promise: PromiseLike<unknown>, outcome: LateOutcome): void {
    this.waiting += 1;
    const begunAt = monotonicMs();
    const resume = (settle: () => void): void => {
      this.waiting -= 1;
      outcome.took((monotonicMs() - begunAt) * 1e3);
      settle();
      this.#resumed();
    };
    void whenSettled(
      promise,
      (value) => {
        resume(() => {
          outcome.succeeded(value);
        });
      },
      (error: unknown) => {
        resume(() => {
          outcome.failed(error);
        });
      },
    );
  }

  /** Runs code of a call beside others; needed only where there are several. */
  enter<R>(call: RunningCall, body: () => R): R {
    return this.#contexts.run(call, body);
  }
}
