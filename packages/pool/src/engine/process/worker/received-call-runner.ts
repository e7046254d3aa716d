import { apply, monotonicMs } from "../../../internal/platform.js";
import type { Chunk, ChunkOutcome, StreamArguments } from "../../shared/messages.js";
import { LONG_CALL_US } from "../../tuning.js";
import { CallRunner } from "../../worker/call-runner.js";
import { runChunk } from "../../worker/chunk.js";
import { RunningCall, type CallEnvironment, type RunningCalls } from "../../worker/running-call.js";
import type { Callable } from "../../worker/task-table.js";
import { decodePayload } from "../wire/payload.js";
import { CallFlag, FLAGS, ProcessReply } from "../wire/process-messages.js";
import type { ChildReplies } from "./child-replies.js";
import type { ReceivedCall } from "./received-calls.js";
import type { ReportedRunTimes } from "./reported-run-times.js";

/** What a runner shares with the loop around it. */
export interface ReceivedCallRunnerParts {
  readonly calls: RunningCalls;
  readonly times: ReportedRunTimes;
  readonly replies: ChildReplies;
  readonly environment: CallEnvironment;
}

/** Runs calls that came in frames, each from its arguments to its outcome. */
export class ReceivedCallRunner extends CallRunner {
  readonly #known: ReportedRunTimes;
  readonly #replies: ChildReplies;
  readonly #environment: CallEnvironment;

  constructor(parts: ReceivedCallRunnerParts) {
    super(parts.calls, parts.times);
    this.#known = parts.times;
    this.#replies = parts.replies;
    this.#environment = parts.environment;
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
    const us = this.#known.of(task);
    let name = this.tasks.name(task);
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
    if (streams !== undefined) this.openStreams(call, streams, this.#replies.outletOf(call));
    return this.begin(call, task, this.tasks.loaded(task), code, args);
  }

  protected override invoke(call: RunningCall, fn: Callable, code: number, args: unknown): unknown {
    if ((code & CallFlag.Streams) !== 0) return this.callWithStreams(call, fn);
    const isFlat = (code & CallFlag.Flat) !== 0;
    if (!this.isChunk(code)) return isFlat ? fn(args) : apply(fn, undefined, args as unknown[]);
    const chunk: Chunk = isFlat
      ? { each: args as unknown[] }
      : { lists: args as (unknown[] | undefined)[] };
    return runChunk(call, fn, chunk, (us) => {
      this.times.record(Math.floor(code / FLAGS), us);
    });
  }

  protected override isChunk(code: number): boolean {
    return (code & CallFlag.Chunk) !== 0;
  }

  /** The call ends once its value is on its way: a getter in it may end the process. */
  protected override succeeded(call: RunningCall, code: number, value: unknown): void {
    if (this.isChunk(code)) this.#replies.chunk(call.slot, value as ChunkOutcome);
    else this.#replies.value(call.slot, value);
    this.end(call);
  }

  protected override failed(call: RunningCall, error: unknown): void {
    const status = call.isAnswer(error) ? ProcessReply.Stopped : ProcessReply.Thrown;
    this.#replies.thrown(call.slot, status, error);
    this.end(call);
  }
}
