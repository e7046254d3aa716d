import type { MessagePort } from "node:worker_threads";
import { Atomics } from "../../../internal/platform.js";
import { EventCount } from "../wire/event-count.js";
import { ParentLook, Ring, Word } from "../wire/ring.js";
import { WAKE, type FromWorker, type WorkerBirth } from "../wire/thread-messages.js";

/** The way from a worker to its parent, which may sleep in its event loop, look by itself, or stand still. */
export class ParentLine {
  readonly ring: Ring;
  readonly #port: MessagePort;
  readonly #eventCount: EventCount;

  constructor({ port, memory, eventCount }: WorkerBirth) {
    this.ring = new Ring(memory);
    this.#port = port;
    this.#eventCount = new EventCount(eventCount);
  }

  /** Says something about this worker. */
  say(word: FromWorker): void {
    this.#port.postMessage(word);
    Atomics.add(this.ring.header, Word.Said, 1);
    this.#advanceIfBlocked();
  }

  /** Posts replies. @throws What stands against sending them. */
  post(replies: unknown[], transfer?: readonly object[]): void {
    this.#port.postMessage(replies, transfer as ArrayBuffer[] | undefined);
    Atomics.add(this.ring.header, Word.Posted, 1);
    this.#advanceIfBlocked();
  }

  /** Wakes the parent for what is in shared memory, unless it looks by itself or was woken already. */
  wake(): void {
    const { header } = this.ring;
    const look = Atomics.load(header, Word.Look);
    if (look === ParentLook.Blocked) this.#eventCount.advance();
    else if (look === ParentLook.InLoop && Atomics.exchange(header, Word.Kicked, 1) === 0) {
      this.#port.postMessage(WAKE);
    }
  }

  /** Says that this thread ends, and with which code. */
  exits(code: number): void {
    const { header } = this.ring;
    Atomics.store(header, Word.ExitCode, code);
    Atomics.store(header, Word.Exits, 1);
    this.#advanceIfBlocked();
  }

  #advanceIfBlocked(): void {
    if (Atomics.load(this.ring.header, Word.Look) === ParentLook.Blocked)
      this.#eventCount.advance();
  }
}
