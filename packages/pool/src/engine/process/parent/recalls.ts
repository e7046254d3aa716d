import type { Socket } from "node:net";
import { slotOf, type CallId } from "../wire/call-id.js";
import { WireFault } from "../../shared/wire-fault.js";
import { Recall, RECALL_ANSWER_BYTES, RECALL_BYTES } from "../wire/process-messages.js";
import { SLOTS } from "../../shared/tickets.js";

/** Who is told what became of requests. */
export interface RecallListener {
  /** These will never begin at the child, unless somebody else has heard so before. */
  takenBack(ids: readonly CallId[]): void;
  garbled(error: unknown): void;
}

/**
 * Takes calls back that were sent and have not begun. A thread of the child answers, so that the answer comes also while a call
 * keeps the child from its event loop; which of the two comes first, the beginning or the request, is decided in the child.
 */
export class Recalls {
  readonly #listener: RecallListener;
  /** Requests without an answer. */
  readonly #asked = new Set<CallId>();
  /** The last call in each slot that had begun when it was asked for. */
  readonly #lastBegun = new Uint32Array(SLOTS);
  #socket: Socket | undefined;
  #rest: Buffer = Buffer.alloc(0);

  constructor(listener: RecallListener) {
    this.#listener = listener;
  }

  /** Whether there is somebody to ask. */
  get isOpen(): boolean {
    return this.#socket !== undefined;
  }

  connect(socket: Socket): void {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.#read(chunk);
    });
    socket.once("close", () => {
      this.#socket = undefined;
    });
    socket.resume();
  }

  destroy(): void {
    this.#socket?.destroy();
  }

  /** Whether an answer said that the call had begun. */
  hasBegun(id: CallId): boolean {
    return this.#lastBegun[slotOf(id)] === id;
  }

  isAsked(id: CallId): boolean {
    return this.#asked.has(id);
  }

  ask(ids: readonly CallId[]): void {
    if (this.#socket === undefined || ids.length === 0) return;
    const request = Buffer.allocUnsafe(ids.length * RECALL_BYTES);
    ids.forEach((id, index) => {
      this.#asked.add(id);
      request.writeUInt32LE(id, index * RECALL_BYTES);
    });
    this.#socket.write(request);
  }

  #read(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const takenBack: CallId[] = [];
    let at = 0;
    for (; bytes.length - at >= RECALL_ANSWER_BYTES; at += RECALL_ANSWER_BYTES) {
      const id = bytes.readUInt32LE(at);
      const answer = bytes.readUInt32LE(at + 4);
      if (!this.#asked.delete(id) || answer > Recall.TakenBack) {
        this.#socket?.destroy();
        this.#listener.garbled(new WireFault("an answer came that nobody had asked for"));
        return;
      }
      if (answer === Recall.TakenBack) takenBack.push(id);
      else this.#lastBegun[slotOf(id)] = id;
    }
    this.#rest = bytes.subarray(at);
    if (takenBack.length > 0) this.#listener.takenBack(takenBack);
  }
}
