import { encodeThrown } from "../../codec/encode-error.js";
import { serializationError } from "../../codec/find-uncloneable.js";
import { FrameBatch } from "../shared/frame-batch.js";
import { ReplyStatus, type ChunkOutcome } from "../shared/messages.js";
import {
  encodePayload,
  isJsonSafe,
  isPlainBytes,
  jsonForms,
  recordForm,
} from "../shared/payload.js";
import { ProcessReply, type FromChild } from "../shared/process-messages.js";
import { sendItems } from "../shared/send-items.js";
import type { ParentLine } from "./line.js";
import type { RunningCall } from "./running-call.js";
import type { FlowOutlet } from "./task-flows.js";
import { clone } from "../shared/clone.js";

/** So many replies are sent without waiting for more. */
const FULL = 256;

/** Collects what goes to the parent and writes it in batches, as the cost is in the writing. */
export class ChildReplies {
  readonly #line: ParentLine;
  readonly #batch = new FrameBatch();

  constructor(line: ParentLine) {
    this.#line = line;
  }

  get waiting(): boolean {
    return !this.#batch.isEmpty;
  }

  /** Whether something has not left this process yet. */
  get stuck(): boolean {
    return this.#line.isStuck;
  }

  /** Gives back what a task returned. What cannot be sent becomes a failure of that call. */
  value(slot: number, value: unknown): void {
    if (value === undefined) this.#add(slot, ProcessReply.Undefined, 0);
    else if (isJsonSafe(value)) this.#add(slot, ProcessReply.Value, value);
    else if (isPlainBytes(value)) this.#batch.addBytes(slot, ProcessReply.Value, value);
    else this.#addObject(slot, value);
  }

  chunk(slot: number, outcome: ChunkOutcome): void {
    const { values, thrown, stopped } = outcome;
    const forms = thrown === undefined && stopped === undefined ? jsonForms(values) : undefined;
    if (forms !== undefined) {
      this.#add(slot, ProcessReply.Values, forms);
      return;
    }
    let payload: Buffer;
    try {
      payload = encodePayload(outcome);
    } catch {
      payload = encodePayload(sendablePart(outcome));
    }
    this.#batch.addPayload(slot, ProcessReply.Chunk, payload);
  }

  thrown(slot: number, status: number, error: unknown): void {
    this.#batch.addPayload(slot, status, encodePayload(encodeThrown(error)));
  }

  /** Tells at once that a call begins. */
  begun(slot: number, atMs: number): void {
    this.#batch.add(slot, ProcessReply.Begun, atMs);
    this.flush();
  }

  runTime(task: number, us: number): void {
    this.#batch.add(task, ProcessReply.RunTime, us);
  }

  /**
   * Sends a report of progress at once.
   *
   * @throws {SerializationError} When it cannot be sent: the call that reports goes on and must know.
   */
  report(slot: number, progress: unknown): void {
    let payload: Buffer;
    try {
      payload = encodePayload(progress);
    } catch (error) {
      throw serializationError("result", progress, "progress", error);
    }
    this.#batch.addPayload(slot, ProcessReply.Progress, payload);
    this.flush();
  }

  /** The way of a call's streams to the parent. */
  outletOf(call: RunningCall): FlowOutlet {
    const { slot } = call;
    return {
      items: (items) => {
        const post = (some: unknown[]): void => {
          this.#post(slot, ReplyStatus.Items, some);
        };
        sendItems(items, post, "result", "an item");
      },
      pull: (source, total) => {
        if (call.running()) this.#post(slot, ReplyStatus.Pull, [source, total]);
      },
      leave: (source) => {
        if (call.running()) this.#post(slot, ReplyStatus.Leave, source);
      },
    };
  }

  say(word: FromChild): void {
    this.#batch.addOrder(word);
    this.flush();
  }

  flush(): void {
    if (!this.#batch.isEmpty) this.#line.send(this.#batch.take());
  }

  /** Sends something about the streams of a call, at once. @throws When it cannot be sent. */
  #post(slot: number, status: number, value: unknown): void {
    this.#batch.addPayload(slot, status, encodePayload(value));
    this.flush();
  }

  #add(slot: number, status: number, value: unknown): void {
    this.#batch.add(slot, status, value);
    if (this.#batch.waiting >= FULL) this.flush();
  }

  #addObject(slot: number, value: unknown): void {
    const form = recordForm(value);
    if (form !== undefined) {
      this.#add(slot, ProcessReply.Value, form);
      return;
    }
    let payload: Buffer;
    try {
      payload = encodePayload(value);
    } catch (error) {
      this.thrown(slot, ProcessReply.Thrown, serializationError("result", value, "result", error));
      return;
    }
    this.#batch.addPayload(slot, ProcessReply.Value, payload);
  }
}

/** What is sent of a chunk in which some values cannot be: those calls fail. */
function sendablePart({ values, thrown = [], stopped }: ChunkOutcome): ChunkOutcome {
  const failed = [...thrown];
  const sendable = values.map((value, index) => {
    try {
      encodePayload(value);
      // The copy and not the value: a getter may think otherwise when it is asked again.
      return clone(value);
    } catch (error) {
      failed.push([index, encodeThrown(serializationError("result", value, "result", error))]);
      return undefined;
    }
  });
  return { values: sendable, thrown: failed, stopped };
}
