import type { Socket } from "node:net";
import { serializationError } from "../../../codec/find-uncloneable.js";
import { futureControl } from "../../../future.js";
import { monotonicMs } from "../../../internal/platform.js";
import { slotOf, type CallId } from "../wire/call-id.js";
import { readDirectly } from "../wire/direct-read.js";
import { FrameReader, type FrameListener } from "../wire/frame-reader.js";
import { decodePayload } from "../wire/payload.js";
import { ProcessReply, type FromChild } from "../wire/process-messages.js";
import type { RunTimes } from "../../shared/run-times.js";
import { WireFault } from "../../shared/wire-fault.js";
import type { WorkerCall } from "../../calls/worker-call.js";
import { isEndOf, settle } from "../../calls/settle.js";
import { SLOTS } from "../../shared/tickets.js";

/** Who is told what a child has written, apart from what is for its calls. */
export interface ChildInboxListener {
  /** Gives the call that a reply is about; undefined where it was given up. @throws {WireFault} When there is no such call. */
  about(id: CallId): WorkerCall | undefined;
  /** Frees the slot of a call that has ended. */
  ended(call: WorkerCall): void;
  /** The child has come to a call that was taken back. */
  skipped(id: CallId): void;
  said(word: FromChild): void;
}

/** Reads what a child writes, and gives its calls what is for them. */
export class ChildInbox implements FrameListener {
  readonly #times: RunTimes;
  readonly #listener: ChildInboxListener;
  readonly #reader = new FrameReader(this);
  /** When the call in a slot began, in milliseconds of `monotonicMs()`; 0 while nobody said. */
  readonly #begunAt = new Float64Array(SLOTS);
  #madeRoom = false;

  constructor(times: RunTimes, listener: ChildInboxListener) {
    this.#times = times;
    this.#listener = listener;
  }

  /**
   * Reads bytes, and what more there is in their source; true when there is room for calls that was not there before.
   *
   * @throws {WireFault} When this cannot be what the child has sent.
   */
  read(chunk: Buffer, source?: Socket): boolean {
    this.#reader.feed(chunk);
    if (source !== undefined) readDirectly(source, this.#reader);
    const madeRoom = this.#madeRoom;
    this.#madeRoom = false;
    return madeRoom;
  }

  /** Reads the rest of what has come, in the middle of it. @throws {WireFault} */
  readRest(): void {
    this.#reader.drain();
  }

  /** Reads nothing any more. */
  close(): void {
    this.#reader.close();
  }

  /** Another call is in a slot: what was said of the one before it is void. */
  reuse(slot: number): void {
    this.#begunAt[slot] = 0;
  }

  /** When the call in a slot began, in milliseconds of `monotonicMs()`; undefined while nobody said. */
  begunAt(slot: number): number | undefined {
    const at = this.#begunAt[slot] ?? 0;
    return at === 0 ? undefined : at;
  }

  command(payload: Buffer): void {
    const word = decodePayload(payload) as FromChild;
    if (word.kind === "ready") this.#madeRoom = true;
    this.#listener.said(word);
  }

  /** A payload that cannot be read is the failure of the one call whose value it is. */
  payload(id: CallId, status: number, payload: Buffer): void {
    let value: unknown;
    try {
      value = decodePayload(payload);
    } catch (error) {
      const call = this.#listener.about(id);
      if (call === undefined) return;
      this.#end(call);
      call.failed(serializationError("result", undefined, "result", error));
      return;
    }
    this.triple(id, status, value);
  }

  triple(id: number, status: number, value: unknown): void {
    switch (status) {
      case ProcessReply.RunTime:
        this.#noteTime(id, value);
        return;
      case ProcessReply.Begun:
        if (this.#listener.about(id) !== undefined) this.#begunAt[slotOf(id)] = timeOf(value);
        return;
      case ProcessReply.Progress: {
        const call = this.#listener.about(id);
        if (call !== undefined) futureControl.progress(call.future, value);
        return;
      }
      case ProcessReply.Items:
      case ProcessReply.Pull:
      case ProcessReply.Leave:
        this.#listener.about(id)?.streams?.receive(status, value);
        return;
      case ProcessReply.Skipped:
        this.#madeRoom = true;
        this.#listener.skipped(id);
        return;
    }
    const call = this.#listener.about(id);
    if (call === undefined) return;
    if (!isEndOf(call, status, value))
      throw new WireFault("a reply came that is no end of its call");
    this.#end(call);
    settle(call, status, value);
  }

  #noteTime(task: number, us: unknown): void {
    if (typeof us === "number" && us > 0) this.#times.record(task, us);
  }

  #end(call: WorkerCall): void {
    this.#madeRoom = true;
    this.#listener.ended(call);
  }
}

/** When a call began, or now where the child's clock says something else: a task may have changed it. */
function timeOf(value: unknown): number {
  const now = monotonicMs();
  return typeof value === "number" && value > 0 ? Math.min(value, now) : now;
}
