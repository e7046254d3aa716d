import { types } from "node:util";
import type { MessagePort } from "node:worker_threads";
import { encodeThrown } from "../../codec/encode-error.js";
import type { ChunkFailure } from "../shared/messages.js";
import { RecordWriter } from "../shared/records.js";
import { unsendableArguments } from "../unsendable.js";
import type { WorkerCall } from "../worker-call.js";
import { clone, refuseLossBetweenThreads } from "../shared/clone.js";

/** Is told what cannot be sent. */
export interface OutboxListener {
  /** Not this call. */
  refused(call: WorkerCall, error: unknown): void;
  /** Of this chunk only the part that `call.refused` leaves, as an array of arrays. */
  partlyRefused(call: WorkerCall): void;
}

/**
 * Arguments on their way to a thread, those of many calls in one message. The order of the arguments is that of the ring, so
 * one that cannot be cloned leaves a gap, and its call fails alone.
 */
export class Outbox {
  readonly #port: MessagePort;
  readonly #listener: OutboxListener;
  #messages: unknown[] = [];
  #calls: WorkerCall[] = [];
  /** Where in the message that of each call begins. */
  #starts: number[] = [];
  readonly #records = new RecordWriter();
  /** Objects among the arguments in the message: one that came twice would be one copy there, which two calls share. */
  readonly #objects = new Set<unknown>();

  constructor(port: MessagePort, listener: OutboxListener) {
    this.#port = port;
    this.#listener = listener;
  }

  add(call: WorkerCall, message: unknown): void {
    if (call.pinned) {
      // What is moved goes in a message of its own: were it not sendable, all that goes along would be gone.
      this.flush();
      this.#postOne(call, [message], call.options.transfer);
      return;
    }
    if (!this.#mayGo(call, message)) return;
    if (!call.isChunk) this.#keepApart(call.args);
    this.#begin(call);
    this.#messages.push(message);
  }

  /** Adds the only argument of a call if it is a record: false if not. */
  addRecord(call: WorkerCall): boolean {
    if (!this.#records.take(call.args[0])) return false;
    this.#begin(call);
    this.#records.append(this.#messages);
    return true;
  }

  flush(): void {
    if (this.#messages.length === 0) return;
    const messages = this.#messages;
    const calls = this.#calls;
    const starts = this.#starts;
    this.#messages = [];
    this.#calls = [];
    this.#starts = [];
    this.#objects.clear();
    this.#records.begin();
    try {
      this.#port.postMessage(messages);
    } catch {
      // One of them cannot be cloned: only that one must fail.
      calls.forEach((call, index) => {
        this.#postOne(call, messages.slice(starts[index], starts[index + 1]));
      });
    }
  }

  /** Says whether all of a call's arguments would arrive; of what is more than its properties a clone may leave nothing. */
  #mayGo(call: WorkerCall, message: unknown): boolean {
    try {
      refuseLossBetweenThreads(message);
      return true;
    } catch (error) {
      this.flush();
      if (call.isChunk) {
        this.#postRest(call);
      } else {
        this.#port.postMessage([undefined]);
        this.#listener.refused(call, error);
      }
      return false;
    }
  }

  #begin(call: WorkerCall): void {
    this.#calls.push(call);
    this.#starts.push(this.#messages.length);
  }

  /** Begins a new message where one of these objects is in the last already. */
  #keepApart(args: readonly unknown[]): void {
    if (args.some((arg) => this.#objects.has(arg))) this.flush();
    for (const arg of args) if (typeof arg === "object" && arg !== null) this.#objects.add(arg);
  }

  #postOne(call: WorkerCall, message: readonly unknown[], transfer?: readonly object[]): void {
    try {
      transfer?.forEach(assertNotMoved);
      if (transfer !== undefined) refuseLossBetweenThreads(message);
      this.#port.postMessage(message, transfer as ArrayBuffer[] | undefined);
    } catch (error) {
      if (call.isChunk && call.refused === undefined) {
        this.#postRest(call);
        return;
      }
      this.#port.postMessage([undefined]);
      this.#listener.refused(call, error);
    }
  }

  /** Of a chunk only those calls fail whose arguments cannot be cloned: the worker gets the others. */
  #postRest(call: WorkerCall): void {
    const refused: ChunkFailure[] = [];
    const rest = call.args.map((args, index) => {
      try {
        // The copy and not the arguments: a getter may think otherwise when it is asked again.
        return clone(args);
      } catch (error) {
        refused.push([
          index,
          encodeThrown(
            unsendableArguments(args as readonly unknown[], call.host.carriesContext, error),
          ),
        ]);
        return undefined;
      }
    });
    call.refused = refused;
    this.#listener.partlyRefused(call);
    this.#postOne(call, [rest]);
  }
}

/** Node would send a buffer that has been moved before as an empty one, without a word. */
function assertNotMoved(object: object): void {
  if (types.isArrayBuffer(object)) new Uint8Array(object);
}
