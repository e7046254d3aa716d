import { encodeThrown } from "../../../codec/encode-error.js";
import { serializationError } from "../../../codec/find-uncloneable.js";
import { isPrimitive } from "../../../internal/kinds.js";
import { ReplyStatus } from "../../shared/messages.js";
import { listOf, type SentOutcome } from "../wire/packed.js";
import { RecordWriter, entriesOf } from "../wire/records.js";
import { snapshot } from "../../shared/snapshot.js";
import { sendItems } from "../../shared/send-items.js";
import type { RunningCall } from "../../worker/running-call.js";
import type { StreamOutlet } from "../../worker/task-streams.js";
import { clone, refuseLossBetweenThreads } from "../../shared/clone.js";
import { REPLY_BATCH } from "../../tuning.js";
import type { ParentLine } from "./parent-line.js";

/** Collects what is too large for a slot and posts it in batches, as the cost of a message is in the posting. */
export class Replies {
  readonly #line: ParentLine;
  #batch: unknown[] = [];
  /** Where in the batch each reply begins. */
  #starts: number[] = [];
  readonly #records = new RecordWriter();

  constructor(line: ParentLine) {
    this.#line = line;
  }

  get waiting(): boolean {
    return this.#batch.length > 0;
  }

  /** Adds what a task returned, as it is now: what the task keeps hold of may be changed by the next call. */
  addValue(ticket: number, value: unknown): void {
    if (!this.#records.take(value)) {
      const copy = isPrimitive(value) ? value : snapshot(value);
      // What has parts in common with others must not be in one message with them.
      if (copy === undefined && value !== undefined) {
        this.addAlone(ticket, ReplyStatus.Value, value, undefined);
      } else this.add(ticket, ReplyStatus.Value, copy);
      return;
    }
    const start = this.#batch.length;
    this.#batch.push(ticket, ReplyStatus.Record);
    this.#records.append(this.#batch);
    this.#added(start);
  }

  add(ticket: number, status: number, value: unknown): void {
    const start = this.#batch.length;
    this.#batch.push(ticket, status, value);
    this.#added(start);
  }

  /** Posts a value by itself, with objects to move; what waits goes first, so that replies keep their order. */
  addAlone(
    ticket: number,
    status: number,
    value: unknown,
    transfer: readonly object[] | undefined,
  ): void {
    this.flush();
    try {
      refuseLossBetweenThreads(value);
      this.#line.post([ticket, status, value], transfer);
    } catch (error) {
      this.#line.post(unsendable(ticket, status, value, error));
    }
  }

  /**
   * Posts a report of progress at once.
   *
   * @throws {SerializationError} When it cannot be cloned: the call that reports goes on and must know.
   */
  report(ticket: number, progress: unknown): void {
    try {
      refuseLossBetweenThreads(progress);
      this.post(ticket, ReplyStatus.Progress, progress);
    } catch (error) {
      throw serializationError("result", progress, "progress", error);
    }
  }

  /** Posts something in the middle of a call at once. @throws When it cannot be cloned. */
  post(ticket: number, status: number, value: unknown, transfer?: readonly object[]): void {
    this.flush();
    this.#line.post([ticket, status, value], transfer);
  }

  /** The way of a call's streams to the parent. */
  outletOf(call: RunningCall): StreamOutlet {
    const { slot: ticket } = call;
    return {
      items: (items) => {
        const post = (some: unknown[], transfer?: readonly object[]): void => {
          this.post(ticket, ReplyStatus.Items, some, transfer);
        };
        if (call.running()) sendItems(items, post, "result", "an item");
      },
      pull: (source, total) => {
        if (call.running()) this.post(ticket, ReplyStatus.Pull, [source, total]);
      },
      leave: (source) => {
        if (call.running()) this.post(ticket, ReplyStatus.Leave, source);
      },
    };
  }

  flush(): void {
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    const starts = this.#starts;
    this.#batch = [];
    this.#starts = [];
    this.#records.begin();
    try {
      this.#line.post(batch);
    } catch {
      this.#postOneByOne(batch, starts);
    }
  }

  #added(start: number): void {
    this.#starts.push(start);
    if (this.#starts.length >= REPLY_BATCH) this.flush();
  }

  /** One value in the batch cannot be cloned: only that one must fail. */
  #postOneByOne(batch: readonly unknown[], starts: readonly number[]): void {
    entriesOf(batch, starts, 2, (entry) => entry[1] === ReplyStatus.Record).forEach((reply) => {
      try {
        this.#line.post(reply);
      } catch (error) {
        this.#line.post(unsendable(reply[0], reply[1], reply[2], error));
      }
    });
  }
}

/** What is sent in place of a value that cannot be: a failure, in a chunk only of those calls whose values they are. */
function unsendable(ticket: unknown, status: unknown, value: unknown, error: unknown): unknown[] {
  if (status === ReplyStatus.Chunk) {
    return [ticket, ReplyStatus.Chunk, sendablePart(value as SentOutcome)];
  }
  return [
    ticket,
    ReplyStatus.Thrown,
    encodeThrown(serializationError("result", value, "result", error)),
  ];
}

function sendablePart({ values, thrown = [], stopped }: SentOutcome): SentOutcome {
  const failed = thrown.slice();
  const sendable = Array.from<unknown, unknown>(listOf(values), (value, index) => {
    try {
      // The copy and not the value: a getter may think otherwise when it is asked again.
      return clone(value);
    } catch (error) {
      failed.push([index, encodeThrown(serializationError("result", value, "result", error))]);
      return undefined;
    }
  });
  return { values: sendable, thrown: failed, stopped };
}
