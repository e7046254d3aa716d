import { reviveShareables } from "../../../codec/shareables.js";
import { apply, monotonicMs } from "../../../internal/platform.js";
import type { Chunk, StreamArguments } from "../../shared/messages.js";
import type { RunTimes } from "../../shared/run-times.js";
import { slotOf } from "../../shared/tickets.js";
import { WireFault } from "../../shared/wire-fault.js";
import { CallRunner } from "../../worker/call-runner.js";
import { runChunk } from "../../worker/chunk.js";
import { RunningCall, type CallEnvironment, type RunningCalls } from "../../worker/running-call.js";
import type { Callable } from "../../worker/task-table.js";
import { listOf, type Packed } from "../wire/packed.js";
import { AbortFlag, type Ring } from "../wire/ring.js";
import { claim, Claim, finish } from "../wire/slot-states.js";
import { SlotKind, isChunk, takeSlotValue } from "../wire/slot-value.js";
import type { Inbox } from "./inbox.js";
import type { Replies } from "./replies.js";
import type { ResultSender } from "./result-sender.js";

/** What a runner shares with the loop around it. */
export interface SlotRunnerParts {
  readonly ring: Ring;
  readonly inbox: Inbox;
  readonly calls: RunningCalls;
  readonly times: RunTimes;
  readonly replies: Replies;
  readonly results: ResultSender;
  readonly environment: CallEnvironment;
}

/** Runs the calls in the slots of a ring, each from its arguments to its outcome. */
export class SlotRunner extends CallRunner {
  readonly #ring: Ring;
  readonly #inbox: Inbox;
  readonly #replies: Replies;
  readonly #results: ResultSender;
  readonly #environment: CallEnvironment;

  constructor(parts: SlotRunnerParts) {
    super(parts.calls, parts.times);
    this.#ring = parts.ring;
    this.#inbox = parts.inbox;
    this.#replies = parts.replies;
    this.#results = parts.results;
    this.#environment = parts.environment;
  }

  stop(ticket: number, reason: unknown): void {
    // It may have ended meanwhile.
    this.calls.at(ticket)?.stop(reason);
  }

  /**
   * Runs a call; true when its end has been reached and so the time it took can be told.
   *
   * @throws {WireFault} When what is there is not this call's.
   */
  run(ticket: number): boolean {
    const ring = this.#ring;
    const slot = slotOf(ticket);
    let kind = ring.argumentKind[slot] ?? SlotKind.Nothing;
    // Also those of a call that was taken back: nobody else would throw them away.
    let message = kind >= SlotKind.Message ? this.#inbox.take(ticket) : undefined;
    if (((ring.abort[slot] ?? 0) & AbortFlag.Timed) !== 0) ring.begunAt[slot] = monotonicMs();
    const claimed = claim(ring.state, ticket);
    if (claimed === Claim.Broken) throw new WireFault("another call is in the slot of this one");
    if (claimed === Claim.TakenBack) {
      this.#results.skipped(ticket);
      return true;
    }
    const task = ring.task[slot] ?? 0;
    let fn = this.tasks.loaded(task);
    if (fn === undefined && !this.tasks.knows(task)) {
      this.#inbox.drain();
      fn = this.tasks.loaded(task);
    }
    let shareables: unknown;
    if (kind === SlotKind.Shareables) {
      const wrapped = message as [kind: number, message: unknown];
      kind = wrapped[0];
      message = shareables = wrapped[1];
    }
    const named = kind === SlotKind.Named ? (message as [string, unknown[]]) : undefined;
    const streams = kind === SlotKind.Streams ? (message as StreamArguments) : undefined;
    const name = named?.[0] ?? streams?.name ?? this.tasks.name(task);
    const call = new RunningCall(this.#environment, ticket, name);
    call.shareables = shareables;
    if (streams !== undefined) this.openStreams(call, streams, this.#replies.outletOf(call));
    return this.begin(call, task, fn, kind, named === undefined ? message : named[1]);
  }

  protected override invoke(call: RunningCall, fn: Callable, kind: number, args: unknown): unknown {
    // Not before: the module of the task makes their classes known.
    if (call.shareables !== undefined) reviveShareables(call.shareables);
    switch (kind) {
      case SlotKind.Nothing:
        return fn();
      case SlotKind.Chunk:
      case SlotKind.FlatChunk:
        return runChunk(call, fn, chunkOf(kind, args), (us) => {
          this.times.record(this.#ring.task[slotOf(call.slot)] ?? 0, us);
        });
      case SlotKind.Streams:
        return this.callWithStreams(call, fn);
      case SlotKind.Message:
      case SlotKind.Named:
        return apply(fn, undefined, args as unknown[]);
      case SlotKind.Record:
        return fn(args);
      default:
        return fn(takeSlotValue(this.#ring.argument, slotOf(call.slot), kind));
    }
  }

  protected override isChunk(kind: number): boolean {
    return isChunk(kind);
  }

  protected override succeeded(call: RunningCall, kind: number, value: unknown): void {
    this.#finish(call);
    this.#results.succeeded(call, kind, value);
  }

  protected override failed(call: RunningCall, error: unknown): void {
    const isAnswer = call.isAnswer(error);
    this.#finish(call);
    this.#results.failed(call.slot, isAnswer, error);
  }

  #finish(call: RunningCall): void {
    this.end(call);
    finish(this.#ring.state, call.slot);
  }
}

function chunkOf(kind: number, args: unknown): Chunk {
  return kind === SlotKind.FlatChunk
    ? { each: listOf(args as readonly unknown[] | Packed) }
    : { lists: args as readonly (readonly unknown[] | undefined)[] };
}
