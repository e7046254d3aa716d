import { isThenable } from "../../internal/kinds.js";
import type { StreamArguments, StreamCommand, TaskEntry } from "../shared/messages.js";
import type { RunTimes } from "../shared/run-times.js";
import type { RunningCall, RunningCalls } from "./running-call.js";
import { TaskStreams, type StreamOutlet } from "./task-streams.js";
import { TaskTable, type Callable } from "./task-table.js";

/**
 * Runs calls, each from its arguments to its outcome. What a call looks like on the wire, and how its outcome gets there, depends on
 * the kind of worker.
 *
 * A form is a number that says how the arguments came: the kind of a slot value, or the flags of a frame.
 */
export abstract class CallRunner {
  protected readonly calls: RunningCalls;
  protected readonly tasks = new TaskTable();
  protected readonly times: Pick<RunTimes, "record">;
  readonly #streams = new Map<number, TaskStreams>();

  protected constructor(calls: RunningCalls, times: Pick<RunTimes, "record">) {
    this.calls = calls;
    this.times = times;
  }

  addTasks(from: number, tasks: readonly TaskEntry[]): void {
    this.tasks.add(from, tasks);
  }

  /** Passes on what the parent says about a stream. */
  passOn(command: StreamCommand): void {
    this.#streams.get(command.call)?.receive(command);
  }

  /** Sends what streams have yielded and keep for a moment: the worker ends. */
  flushStreams(): void {
    this.#streams.forEach((streams) => {
      streams.flush();
    });
  }

  /** Calls the function of a task with arguments that came in this form. */
  protected abstract invoke(call: RunningCall, fn: Callable, form: number, args: unknown): unknown;
  protected abstract isChunk(form: number): boolean;
  /** Sends the value of a call, and ends the call: before or after, as the wire wants it. */
  protected abstract succeeded(call: RunningCall, form: number, value: unknown): void;
  /** Sends the error of a call, and ends the call. */
  protected abstract failed(call: RunningCall, error: unknown): void;

  /**
   * Runs a call; true when its end has been reached and so the time it took can be told.
   *
   * @param fn - The function of its task; undefined where it is not loaded yet.
   */
  protected begin(
    call: RunningCall,
    task: number,
    fn: Callable | undefined,
    form: number,
    args: unknown,
  ): boolean {
    call.isInline = this.tasks.isInline(task);
    this.calls.begin(call);
    if (fn === undefined) {
      this.#follow(call, task, form, this.#enterLoaded(call, task, form, args));
      return false;
    }
    let value: unknown;
    try {
      value = this.#enter(call, fn, form, args);
      if (isThenable(value)) {
        this.#follow(call, task, form, value);
        return false;
      }
    } catch (error) {
      this.failed(call, call.explained(error));
      return true;
    }
    this.succeeded(call, form, value);
    return !this.isChunk(form);
  }

  /** Makes the streams of a call, which the task is given when it is called. */
  protected openStreams(call: RunningCall, message: StreamArguments, outlet: StreamOutlet): void {
    call.streamsId = message.call;
    this.#streams.set(message.call, new TaskStreams(message, outlet));
  }

  protected callWithStreams(call: RunningCall, fn: Callable): unknown {
    return this.#streams.get(call.streamsId ?? -1)?.run(call, fn);
  }

  /** Lets go of a call. */
  protected end(call: RunningCall): void {
    this.calls.end(call);
    if (call.streamsId !== undefined) this.#streams.delete(call.streamsId);
  }

  async #enterLoaded(
    call: RunningCall,
    task: number,
    form: number,
    args: unknown,
  ): Promise<unknown> {
    const fn = await this.tasks.load(task);
    // Not returned as it is: a promise that a promise is resolved with is asked for its `then`, which a task can replace.
    return await this.#enter(call, fn, form, args);
  }

  #enter(call: RunningCall, fn: Callable, form: number, args: unknown): unknown {
    if (!this.calls.several) return this.invoke(call, fn, form, args);
    return this.calls.enter(call, () => this.invoke(call, fn, form, args));
  }

  #follow(call: RunningCall, task: number, form: number, promise: PromiseLike<unknown>): void {
    this.calls.follow(promise, {
      took: (us) => {
        this.times.record(task, us);
      },
      succeeded: (value) => {
        this.succeeded(call, form, value);
      },
      failed: (error) => {
        this.failed(call, call.explained(error));
      },
    });
  }
}
