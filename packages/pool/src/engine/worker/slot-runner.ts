import { isThenable } from "../../internal/kinds.js";
import { Cargo, isChunk, takeCargo } from "../shared/cargo.js";
import type { FlowArguments, FlowOrder, TaskEntry } from "../shared/messages.js";
import { AbortFlag, type Ring } from "../shared/ring.js";
import { claim, Claim, finish, slotOf } from "../shared/slot-states.js";
import { WireFault } from "../shared/wire-fault.js";
import { listOf, type Packed } from "../shared/packed.js";
import type { RunTimes } from "../shared/run-times.js";
import { runChunk, type Chunk } from "./chunk.js";
import { Inbox } from "./inbox.js";
import type { Outcomes } from "./outcomes.js";
import type { Replies } from "./replies.js";
import { RunningCall, type CallEnvironment, type RunningCalls } from "./running-call.js";
import { TaskFlows } from "./task-flows.js";
import { TaskTable, type Callable } from "./task-table.js";
import { apply, monotonicMs } from "../../internal/platform.js";

/** What a runner shares with the loop around it. */
export interface SlotRunnerParts {
  readonly ring: Ring;
  readonly calls: RunningCalls;
  readonly times: RunTimes;
  readonly replies: Replies;
  readonly outcomes: Outcomes;
  readonly environment: CallEnvironment;
}

/** Runs the calls in the slots of a ring, each from its arguments to its outcome. */
export class SlotRunner {
  readonly #ring: Ring;
  readonly #calls: RunningCalls;
  readonly #times: RunTimes;
  readonly #replies: Replies;
  readonly #outcomes: Outcomes;
  readonly #environment: CallEnvironment;
  readonly #tasks = new TaskTable();
  readonly #flows = new Map<number, TaskFlows>();
  readonly #inbox: Inbox;

  constructor(parts: SlotRunnerParts) {
    const { environment } = parts;
    this.#ring = parts.ring;
    this.#calls = parts.calls;
    this.#times = parts.times;
    this.#replies = parts.replies;
    this.#outcomes = parts.outcomes;
    this.#environment = environment;
    this.#inbox = new Inbox(() => {
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
  flushFlows(): void {
    this.#flows.forEach((flow) => {
      flow.flush();
    });
  }

  /** Passes on what the parent says about a stream. */
  hear(order: FlowOrder): void {
    this.#flows.get(order.call)?.receive(order);
  }

  /**
   * Runs a call; true when its end has been reached and so the time it took can be told.
   *
   * @throws {WireFault} When what is there is not this call's.
   */
  run(ticket: number): boolean {
    const ring = this.#ring;
    const slot = slotOf(ticket);
    const cargo = ring.cargo[slot] ?? Cargo.Nothing;
    // Also those of a call that was taken back: nobody else would throw them away.
    const message = cargo >= Cargo.Message ? this.#inbox.take(ticket) : undefined;
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
    const named = cargo === Cargo.Named ? (message as [string, unknown[]]) : undefined;
    const flow = cargo === Cargo.Flow ? (message as FlowArguments) : undefined;
    const name = named?.[0] ?? flow?.name ?? this.#tasks.name(task);
    const call = new RunningCall(this.#environment, ticket, name);
    if (flow !== undefined) this.#openFlows(call, flow);
    this.#calls.begin(call);
    const args = named === undefined ? (message as unknown[]) : named[1];
    if (fn === undefined) {
      this.#await(call, task, this.#enterLoaded(call, task, cargo, args));
      return false;
    }
    let value: unknown;
    try {
      value = this.#enter(call, fn, cargo, args);
      if (isThenable(value)) {
        this.#await(call, task, value);
        return false;
      }
    } catch (error) {
      this.#fail(call, error);
      return true;
    }
    this.#succeed(call, cargo, value);
    return !isChunk(cargo);
  }

  async #enterLoaded(
    call: RunningCall,
    task: number,
    cargo: number,
    args: unknown[],
  ): Promise<unknown> {
    const fn = await this.#tasks.load(task);
    // Not returned as it is: a promise that a promise is resolved with is asked for its `then`, which a task can replace.
    return await this.#enter(call, fn, cargo, args);
  }

  #enter(call: RunningCall, fn: Callable, cargo: number, args: unknown[]): unknown {
    if (!this.#calls.several) return this.#call(call, fn, cargo, args);
    return this.#calls.enter(call, () => this.#call(call, fn, cargo, args));
  }

  #call(call: RunningCall, fn: Callable, cargo: number, args: unknown[]): unknown {
    switch (cargo) {
      case Cargo.Nothing:
        return fn();
      case Cargo.Chunk:
      case Cargo.FlatChunk:
        return runChunk(call, fn, chunkOf(cargo, args), (us) => {
          this.#times.record(this.#ring.task[slotOf(call.slot)] ?? 0, us);
        });
      case Cargo.Flow:
        return this.#flows.get(call.flow ?? -1)?.run(call, fn);
      case Cargo.Message:
      case Cargo.Named:
        return apply(fn, undefined, args);
      case Cargo.Record:
        return fn(args);
      default:
        return fn(takeCargo(this.#ring.argument, slotOf(call.slot), cargo));
    }
  }

  #openFlows(call: RunningCall, message: FlowArguments): void {
    call.flow = message.call;
    this.#flows.set(message.call, new TaskFlows(message, this.#replies.outletOf(call)));
  }

  #await(call: RunningCall, task: number, promise: PromiseLike<unknown>): void {
    const cargo = this.#ring.cargo[slotOf(call.slot)] ?? Cargo.Nothing;
    this.#calls.follow(promise, {
      took: (us) => {
        this.#times.record(task, us);
      },
      succeeded: (value) => {
        this.#succeed(call, cargo, value);
      },
      failed: (error) => {
        this.#fail(call, error);
      },
    });
  }

  #succeed(call: RunningCall, cargo: number, value: unknown): void {
    this.#endCall(call);
    this.#outcomes.succeeded(call, cargo, value);
  }

  #fail(call: RunningCall, error: unknown): void {
    const isAnswer = call.isAnswer(error);
    this.#endCall(call);
    this.#outcomes.failed(call.slot, isAnswer, error);
  }

  #endCall(call: RunningCall): void {
    this.#calls.end(call);
    if (call.flow !== undefined) this.#flows.delete(call.flow);
    finish(this.#ring.state, call.slot);
  }
}

function chunkOf(cargo: number, args: unknown): Chunk {
  return cargo === Cargo.FlatChunk
    ? { each: listOf(args as readonly unknown[] | Packed) }
    : { lists: args as readonly (readonly unknown[] | undefined)[] };
}
