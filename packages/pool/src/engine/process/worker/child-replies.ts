import { clone } from "../../shared/clone.js";
import { encodeThrown } from "../../../codec/encode-error.js";
import { serializationError } from "../../../codec/find-uncloneable.js";
import type { CallId } from "../wire/call-id.js";
import { FrameBatch } from "../wire/frame-batch.js";
import { ReplyStatus, type ChunkOutcome } from "../../shared/messages.js";
import { encodePayload, isPlainBytes, JsonForms, jsonSize } from "../wire/payload.js";
import { ProcessReply, type FromChild } from "../wire/process-messages.js";
import { sendItems } from "../../shared/send-items.js";
import type { ParentConnection } from "./connection.js";
import type { RunningCall } from "../../worker/running-call.js";
import type { StreamOutlet } from "../../worker/task-streams.js";
import { REPLY_BATCH } from "../../tuning.js";

/** Collects what goes to the parent and writes it in batches, as the cost is in the writing. */
export class ChildReplies {
  readonly #connection: ParentConnection;
  readonly #batch = new FrameBatch();
  readonly #forms = new JsonForms();

  constructor(connection: ParentConnection) {
    this.#connection = connection;
  }

  get waiting(): boolean {
    return !this.#batch.isEmpty;
  }

  /** Whether something has not left this process yet. */
  get stuck(): boolean {
    return this.#connection.isStuck;
  }

  /** Gives back what a task returned. What cannot be sent becomes a failure of that call. */
  value(id: CallId, value: unknown): void {
    if (value === undefined) {
      this.#add(id, ProcessReply.Undefined, 0, 0);
      return;
    }
    const size = jsonSize(value);
    if (size >= 0) this.#add(id, ProcessReply.Value, value, size);
    else if (isPlainBytes(value)) this.#batch.addBytes(id, ProcessReply.Value, value);
    else this.#addObject(id, value);
  }

  chunk(id: CallId, outcome: ChunkOutcome): void {
    const { values, thrown, stopped } = outcome;
    const isWhole = thrown === undefined && stopped === undefined;
    const forms = isWhole ? this.#forms.of(values, false) : undefined;
    if (forms !== undefined) {
      this.#add(id, ProcessReply.Values, forms, this.#forms.size);
      return;
    }
    let payload: Buffer;
    try {
      payload = encodePayload(outcome);
    } catch {
      payload = this.#sendablePart(outcome);
    }
    this.#batch.addPayload(id, ProcessReply.Chunk, payload);
  }

  thrown(id: CallId, status: number, error: unknown): void {
    this.#batch.addPayload(id, status, encodePayload(encodeThrown(error)));
  }

  /** Tells that a call was taken back, and its slot is free. */
  skipped(id: CallId): void {
    this.#add(id, ProcessReply.Skipped, 0, 0);
  }

  /** Tells at once that a call begins. */
  reportBegun(id: CallId, atMs: number): void {
    this.#batch.addNumber(id, ProcessReply.Begun, atMs);
    this.flush();
  }

  runTime(task: number, us: number): void {
    this.#batch.addNumber(task, ProcessReply.RunTime, us);
  }

  /**
   * Sends a report of progress at once.
   *
   * @throws {SerializationError} When it cannot be sent: the call that reports goes on and must know.
   */
  report(id: CallId, progress: unknown): void {
    let payload: Buffer;
    try {
      payload = encodePayload(progress);
    } catch (error) {
      throw serializationError("result", progress, "progress", error);
    }
    this.#batch.addPayload(id, ProcessReply.Progress, payload);
    this.flush();
  }

  /** The way of a call's streams to the parent. */
  outletOf(call: RunningCall): StreamOutlet {
    const { slot: id } = call;
    return {
      items: (items) => {
        const post = (some: unknown[]): void => {
          this.#post(id, ReplyStatus.Items, some);
        };
        if (call.running()) sendItems(items, post, "result", "an item");
      },
      pull: (source, total) => {
        if (call.running()) this.#post(id, ReplyStatus.Pull, [source, total]);
      },
      leave: (source) => {
        if (call.running()) this.#post(id, ReplyStatus.Leave, source);
      },
    };
  }

  say(word: FromChild): void {
    this.#batch.addCommand(word);
    this.flush();
  }

  flush(): void {
    if (!this.#batch.isEmpty) this.#connection.send(this.#batch.take());
  }

  /** Sends something about the streams of a call, at once. @throws When it cannot be sent. */
  #post(id: CallId, status: number, value: unknown): void {
    this.#batch.addPayload(id, status, encodePayload(value));
    this.flush();
  }

  #add(id: CallId, status: number, value: unknown, size: number): void {
    this.#batch.add(id, status, value, size);
    if (this.#batch.waiting >= REPLY_BATCH) this.flush();
  }

  #addObject(id: CallId, value: unknown): void {
    const form = this.#forms.ofRecord(value);
    if (form !== undefined) {
      this.#add(id, ProcessReply.Value, form, this.#forms.size);
      return;
    }
    let payload: Buffer;
    try {
      payload = encodePayload(value);
    } catch (error) {
      this.thrown(id, ProcessReply.Thrown, serializationError("result", value, "result", error));
      return;
    }
    this.#batch.addPayload(id, ProcessReply.Value, payload);
  }

  /** Gives what is sent of a chunk in which some values cannot be, or all are too long together: those calls fail. */
  #sendablePart({ values, thrown = [], stopped }: ChunkOutcome): Buffer {
    const failed = thrown.slice();
    const fail = (value: unknown, index: number, error: unknown): void => {
      failed.push([index, encodeThrown(serializationError("result", value, "result", error))]);
    };
    const sendable = values.map((value, index) => {
      try {
        encodePayload(value);
        // The copy and not the value: a getter may think otherwise when it is asked again.
        return clone(value);
      } catch (error) {
        fail(value, index, error);
        return undefined;
      }
    });
    try {
      return encodePayload({ values: sendable, thrown: failed, stopped });
    } catch (error) {
      values.forEach((_, index) => {
        fail(undefined, index, error);
      });
      return encodePayload({ values: values.map(() => undefined), thrown: failed, stopped });
    }
  }
}
