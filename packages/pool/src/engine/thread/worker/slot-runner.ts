import { isThenable } from "../../../internal/kinds.js";
import { SlotKind, isChunk, takeSlotValue } from "../wire/slot-value.js";
import type { Chunk, StreamArguments, StreamCommand, TaskEntry } from "../../shared/messages.js";
import { AbortFlag, type Ring } from "../wire/ring.js";
import { claim, Claim, finish } from "../wire/slot-states.js";
import { WireFault } from "../../shared/wire-fault.js";
import { listOf, type Packed } from "../wire/packed.js";
import type { RunTimes } from "../../shared/run-times.js";
import { runChunk } from "../../worker/chunk.js";
import { ArgumentInbox } from "./inbox.js";
import type { ResultSender } from "./result-sender.js";
import type { Replies } from "./replies.js";
import { RunningCall, type CallEnvironment, type RunningCalls } from "../../worker/running-call.js";
import { TaskStreams } from "../../worker/task-streams.js";
import { TaskTable, type Callable } from "../../worker/task-table.js";
import { apply, monotonicMs } from "../../../internal/platform.js";
import { slotOf } from "../../shared/tickets.js";

/** What a runner shares with the loop around it. */
export interface SlotRunnerParts {
  readonly ring: Ring;
  readonly calls: RunningCalls;
  readonly times: RunTimes;
  readonly replies: Replies;
  readonly outcomes: ResultSender;
  readonly environment: CallEnvironment;
}

/** Runs the calls in the slots of a ring, each from its arguments to its outcome. */
export class SlotRunner {
  readonly #ring: Ring;
  readonly #calls: RunningCalls;
  readonly #times: RunTimes;
  readonly #replies: Replies;
  readonly #outcomes: ResultSender;
  readonly #environment: CallEnvironment;
  readonly #tasks = new TaskTable();
  readonly #streams = new Map<number, TaskStreams>();
  readonly #inbox: ArgumentInbox;

  constructor(parts: SlotRunnerParts) {
    const { environment } = parts;
    this.#ring = parts.ring;
    this.#calls = parts.calls;
    this.#times = parts.times;
    this.#replies = parts.replies;
    this.#outcomes = parts.outcomes;
    this.#environment = environment;
    this.#inbox = new ArgumentInbox(() => {
      environment.drainMessages();
    });
  }

  addTasks(from: number, tasks: readonly TaskEntry[]): void {
    this.#tasks.add(from, tasks);
  }

  /** Takes arguments that did not fit into slots. */
  addArguments(message: readonly unknown[]): void {
    this.#inbox.add(message);
  }

  stop(ticket: number, reason: unknown): void {
    // It may have ended meanwhile.
    this.#calls.at(ticket)?.stop(reason);
  }

  /** Sends what streams have yielded and keep for a moment: the worker ends. */
  flushStreams(): void {
    this.#streams.forEach((streams) => {
      streams.flush();
    });
  }

  /** Passes on what the parent says about a stream. */
  hear(command: StreamCommand): void {
    this.#streams.get(command.call)?.receive(command);
  }

  /**
   * Runs a call; true when its end has been reached and so the time it took can be told.
   *
   * @throws {WireFault} When what is there is not this call's.
   */
  run(ticket: number): boolean {
    const ring = this.#ring;
    const slot = slotOf(ticket);
    const kind = ring.argumentKind[slot] ?? SlotKind.Nothing;
    // Also those of a call that was taken back: nobody else would throw them away.
    const message = kind >= SlotKind.Message ? this.#inbox.take(ticket) : undefined;
    if (((ring.abort[slot] ?? 0) & AbortFlag.Timed) !== 0) ring.begunAt[slot] = monotonicMs();
    const claimed = claim(ring.state, ticket);
    if (claimed === Claim.Broken) throw new WireFault("another call is in the slot of this one");
    if (claimed === Claim.TakenBack) {
      this.#outcomes.skipped(ticket);
      return true;
    }
    const task = ring.task[slot] ?? 0;
    let fn = this.#tasks.loaded(task);
    if (fn === undefined && !this.#tasks.knows(task)) {
      this.#environment.drainMessages();
      fn = this.#tasks.loaded(task);
    }
    const named = kind === SlotKind.Named ? (message as [string, unknown[]]) : undefined;
    const streams = kind === SlotKind.Streams ? (message as StreamArguments) : undefined;
    const name = named?.[0] ?? streams?.name ?? this.#tasks.name(task);
    const call = new RunningCall(this.#environment, ticket, name);
    if (streams !== undefined) this.#openStreams(call, streams);
    this.#calls.begin(call);
    const args = named === undefined ? (message as unknown[]) : named[1];
    if (fn === undefined) {
      this.#await(call, task, this.#enterLoaded(call, task, kind, args));
      return false;
    }
    let value: unknown;
    try {
      value = this.#enter(call, fn, kind, args);
      if (isThenable(value)) {
        this.#await(call, task, value);
        return false;
      }
    } catch (error) {
      this.#fail(call, error);
      return true;
    }
    this.#succeed(call, kind, value);
    return !isChunk(kind);
  }

  async #enterLoaded(
    call: RunningCall,
    task: number,
    kind: number,
    args: unknown[],
  ): Promise<unknown> {
    const fn = await this.#tasks.load(task);
    // Not returned as it is: a promise that a promise is resolved with is asked for its `then`, which a task can replace.
    return await this.#enter(call, fn, kind, args);
  }

  #enter(call: RunningCall, fn: Callable, kind: number, args: unknown[]): unknown {
    if (!this.#calls.several) return this.#call(call, fn, kind, args);
    return this.#calls.enter(call, () => this.#call(call, fn, kind, args));
  }

  #call(call: RunningCall, fn: Callable, kind: number, args: unknown[]): unknown {
    switch (kind) {
      case SlotKind.Nothing:
        return fn();
      case SlotKind.Chunk:
      case SlotKind.FlatChunk:
        return runChunk(call, fn, chunkOf(kind, args), (us) => {
          this.#times.record(this.#ring.task[slotOf(call.slot)] ?? 0, us);
        });
      case SlotKind.Streams:
        return this.#streams.get(call.streamsId ?? -1)?.run(call, fn);
      case SlotKind.Message:
      case SlotKind.Named:
        return apply(fn, undefined, args);
      case SlotKind.Record:
        return fn(args);
      default:
        return fn(takeSlotValue(this.#ring.argument, slotOf(call.slot), kind));
    }
  }

  #openStreams(call: RunningCall, message: StreamArguments): void {
    call.streamsId = message.call;
    this.#streams.set(message.call, new TaskStreams(message, this.#replies.outletOf(call)));
  }

  #await(call: RunningCall, task: number, promise: PromiseLike<unknown>): void {
    const kind = this.#ring.argumentKind[slotOf(call.slot)] ?? SlotKind.Nothing;
    this.#calls.follow(promise, {
      took: (us) => {
        this.#times.record(task, us);
      },
      succeeded: (value) => {
        this.#succeed(call, kind, value);
      },
      failed: (error) => {
        this.#fail(call, error);
      },
    });
  }

  #succeed(call: RunningCall, kind: number, value: unknown): void {
    this.#endCall(call);
    this.#outcomes.succeeded(call, kind, value);
  }

  #fail(call: RunningCall, error: unknown): void {
    const isAnswer = call.isAnswer(error);
    this.#endCall(call);
    this.#outcomes.failed(call.slot, isAnswer, error);
  }

  #endCall(call: RunningCall): void {
    this.#calls.end(call);
    if (call.streamsId !== undefined) this.#streams.delete(call.streamsId);
    finish(this.#ring.state, call.slot);
  }
}

function chunkOf(kind: number, args: unknown): Chunk {
  return kind === SlotKind.FlatChunk
    ? { each: listOf(args as readonly unknown[] | Packed) }
    : { lists: args as readonly (readonly unknown[] | undefined)[] };
}
