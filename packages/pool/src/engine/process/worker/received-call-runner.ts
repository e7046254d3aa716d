import { isThenable } from "../../../internal/kinds.js";
import type {
  Chunk,
  ChunkOutcome,
  StreamArguments,
  StreamCommand,
  TaskEntry,
} from "../../shared/messages.js";
import { decodePayload } from "../wire/payload.js";
import { CallFlag, FLAGS, ProcessReply } from "../wire/process-messages.js";
import { apply, monotonicMs } from "../../../internal/platform.js";
import type { ReceivedCall } from "./received-calls.js";
import type { ChildReplies } from "./child-replies.js";
import { runChunk } from "../../worker/chunk.js";
import { RunningCall, type CallEnvironment, type RunningCalls } from "../../worker/running-call.js";
import { TaskStreams } from "../../worker/task-streams.js";
import { TaskTable, type Callable } from "../../worker/task-table.js";
import type { ReportedRunTimes } from "./reported-run-times.js";
import { LONG_CALL_US } from "../../tuning.js";

/** What a runner shares with the loop around it. */
export interface ReceivedCallRunnerParts {
  readonly calls: RunningCalls;
  readonly times: ReportedRunTimes;
  readonly replies: ChildReplies;
  readonly environment: CallEnvironment;
}

/** Runs calls that have come, each from its arguments to its outcome. */
export class ReceivedCallRunner {
  readonly #calls: RunningCalls;
  readonly #times: ReportedRunTimes;
  readonly #replies: ChildReplies;
  readonly #environment: CallEnvironment;
  readonly #tasks = new TaskTable();
  readonly #streams = new Map<number, TaskStreams>();

  constructor(parts: ReceivedCallRunnerParts) {
    this.#calls = parts.calls;
    this.#times = parts.times;
    this.#replies = parts.replies;
    this.#environment = parts.environment;
  }

  addTasks(from: number, tasks: readonly TaskEntry[]): void {
    this.#tasks.add(from, tasks);
  }

  /** Passes on what the parent says about a stream. */
  hear(command: StreamCommand): void {
    this.#streams.get(command.call)?.receive(command);
  }

  /** Tells the parent that a call begins, before it does. */
  announce(received: ReceivedCall): void {
    if (received.told) return;
    received.told = true;
    this.#replies.reportBegun(received.id, monotonicMs());
  }

  /** Runs one call; true when its end has been reached and so the time it took can be told. */
  run(received: ReceivedCall, task: number): boolean {
    const { id, code, stopped } = received;
    if (stopped !== undefined) {
      this.#replies.thrown(id, ProcessReply.Stopped, stopped.reason);
      return false;
    }
    const isTimed = (code & CallFlag.Timed) !== 0;
    const us = this.#times.of(task);
    let name = this.#tasks.name(task);
    if (isTimed || us === 0 || us > LONG_CALL_US) this.announce(received);
    let args: unknown = received.value;
    if (received.isPayload) {
      try {
        args = decodePayload(received.value as Buffer);
      } catch (error) {
        this.#replies.thrown(id, ProcessReply.Unreadable, error);
        return false;
      }
    }
    if ((code & CallFlag.Named) !== 0) ({ 0: name, 1: args } = args as [string, unknown[]]);
    const streams = (code & CallFlag.Streams) !== 0 ? (args as StreamArguments) : undefined;
    const call = new RunningCall(this.#environment, id, streams?.name ?? name);
    if (streams !== undefined) this.#openStreams(call, streams);
    this.#calls.begin(call);
    const isChunk = (code & CallFlag.Chunk) !== 0;
    const fn = this.#tasks.loaded(task);
    if (fn === undefined) {
      this.#await(call, task, isChunk, this.#enterLoaded(call, task, code, args));
      return false;
    }
    let value: unknown;
    try {
      value = this.#enter(call, fn, code, args);
      if (isThenable(value)) {
        this.#await(call, task, isChunk, value);
        return false;
      }
    } catch (error) {
      this.#fail(call, error);
      return true;
    }
    this.#succeed(call, isChunk, value);
    return !isChunk;
  }

  async #enterLoaded(
    call: RunningCall,
    task: number,
    code: number,
    args: unknown,
  ): Promise<unknown> {
    const fn = await this.#tasks.load(task);
    // Not returned as it is: a promise that a promise is resolved with is asked for its `then`, which a task can replace.
    return await this.#enter(call, fn, code, args);
  }

  #enter(call: RunningCall, fn: Callable, code: number, args: unknown): unknown {
    if (!this.#calls.several) return this.#call(call, fn, code, args);
    return this.#calls.enter(call, () => this.#call(call, fn, code, args));
  }

  #call(call: RunningCall, fn: Callable, code: number, args: unknown): unknown {
    if ((code & CallFlag.Streams) !== 0)
      return this.#streams.get(call.streamsId ?? -1)?.run(call, fn);
    const isFlat = (code & CallFlag.Flat) !== 0;
    if ((code & CallFlag.Chunk) === 0)
      return isFlat ? fn(args) : apply(fn, undefined, args as unknown[]);
    const chunk: Chunk = isFlat
      ? { each: args as unknown[] }
      : { lists: args as (unknown[] | undefined)[] };
    return runChunk(call, fn, chunk, (us) => {
      this.#times.record(Math.floor(code / FLAGS), us);
    });
  }

  #openStreams(call: RunningCall, message: StreamArguments): void {
    call.streamsId = message.call;
    this.#streams.set(message.call, new TaskStreams(message, this.#replies.outletOf(call)));
  }

  #await(call: RunningCall, task: number, isChunk: boolean, promise: PromiseLike<unknown>): void {
    this.#calls.follow(promise, {
      took: (us) => {
        this.#times.record(task, us);
      },
      succeeded: (value) => {
        this.#succeed(call, isChunk, value);
      },
      failed: (error) => {
        this.#fail(call, error);
      },
    });
  }

  /** The call ends once its value is on its way: a getter in it may end the process. */
  #succeed(call: RunningCall, isChunk: boolean, value: unknown): void {
    if (isChunk) this.#replies.chunk(call.slot, value as ChunkOutcome);
    else this.#replies.value(call.slot, value);
    this.#endCall(call);
  }

  #fail(call: RunningCall, error: unknown): void {
    const status = call.isAnswer(error) ? ProcessReply.Stopped : ProcessReply.Thrown;
    this.#replies.thrown(call.slot, status, error);
    this.#endCall(call);
  }

  #endCall(call: RunningCall): void {
    this.#calls.end(call);
    if (call.streamsId !== undefined) this.#streams.delete(call.streamsId);
  }
}
