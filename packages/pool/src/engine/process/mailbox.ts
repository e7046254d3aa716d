import type { Socket } from "node:net";
import { serializationError } from "../../codec/find-uncloneable.js";
import { futureControl } from "../../future.js";
import { readDirectly } from "../shared/direct-read.js";
import { FrameReader, type FrameListener } from "../shared/frame-reader.js";
import { decodePayload } from "../shared/payload.js";
import { ProcessReply, type FromChild } from "../shared/process-messages.js";
import { SLOTS } from "../shared/ring.js";
import type { RunTimes } from "../shared/run-times.js";
import type { Slots } from "../slots.js";
import type { WorkerCall } from "../worker-call.js";
import { settle } from "./settle.js";

/** Who is told what a child has written, apart from what is for its calls. */
export interface MailboxListener {
  /** The call in a slot has ended. @returns The call, which is no longer in the slot; undefined where it was given up. */
  ended(slot: number): WorkerCall | undefined;
  said(word: FromChild): void;
}

/** Reads what a child writes, and gives its calls what is for them. */
export class Mailbox implements FrameListener {
  readonly #slots: Slots;
  readonly #times: RunTimes;
  readonly #listener: MailboxListener;
  readonly #reader = new FrameReader(this);
  /** When the call in a slot began, in milliseconds of `monotonicMs()`; 0 while nobody said. */
  readonly #begunAt = new Float64Array(SLOTS);
  #madeRoom = false;

  constructor(slots: Slots, times: RunTimes, listener: MailboxListener) {
    this.#slots = slots;
    this.#times = times;
    this.#listener = listener;
  }

  /** Reads bytes, and what more there is in their source; true when there is room for calls that was not there before. */
  read(chunk: Buffer, source?: Socket): boolean {
    this.#reader.feed(chunk);
    if (source !== undefined) readDirectly(source, this.#reader);
    const madeRoom = this.#madeRoom;
    this.#madeRoom = false;
    return madeRoom;
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

  order(payload: Buffer): void {
    const word = decodePayload(payload) as FromChild;
    this.#listener.said(word);
    if (word.kind === "up") this.#madeRoom = true;
  }

  /** A payload that cannot be read is the failure of the one call whose value it is. */
  payload(slot: number, status: number, payload: Buffer): void {
    let value: unknown;
    try {
      value = decodePayload(payload);
    } catch (error) {
      this.#end(slot)?.failed(serializationError("result", undefined, "result", error));
      return;
    }
    this.triple(slot, status, value);
  }

  triple(slot: number, status: number, value: unknown): void {
    switch (status) {
      case ProcessReply.RunTime:
        this.#times.record(slot, value as number);
        return;
      case ProcessReply.Begun:
        this.#begunAt[slot] = value as number;
        return;
      case ProcessReply.Progress: {
        const call = this.#slots.at(slot);
        if (call !== undefined) futureControl.progress(call.future, value);
        return;
      }
      case ProcessReply.Items:
      case ProcessReply.Pull:
      case ProcessReply.Leave:
        this.#slots.at(slot)?.flow?.receive(status, value);
        return;
    }
    const call = this.#end(slot);
    if (call !== undefined) settle(call, status, value);
  }

  #end(slot: number): WorkerCall | undefined {
    this.#madeRoom = true;
    return this.#listener.ended(slot);
  }
}
