import type { Readable } from "node:stream";
import { startTimer } from "../../internal/timer.js";

/** So many characters are kept, and so many of the last lines shown. */
const KEPT_CHARS = 8_192;
const SHOWN_LINES = 20;
/** What a process that is gone has written is here within this time, in milliseconds; its own children may hold the pipe open. */
const LAST_MS = 500;

/** Passes on what a process writes to stderr, and keeps the end of it. */
export class StderrTail {
  #text = "";
  #isOver = false;
  #whenOver: (() => void) | undefined;

  constructor(stderr: Readable & { unref?(): void }) {
    stderr.on("data", (chunk: Buffer) => {
      process.stderr.write(chunk);
      this.#text = (this.#text + chunk.toString()).slice(-KEPT_CHARS);
    });
    stderr.once("close", () => {
      this.#isOver = true;
      this.#whenOver?.();
    });
    stderr.unref?.();
  }

  /** The last lines. */
  get text(): string {
    return this.#text.trim().split("\n").slice(-SHOWN_LINES).join("\n");
  }

  /** Calls `read` when all that was written has been read, or does not come. */
  whenRead(read: () => void): void {
    if (this.#isOver) {
      read();
      return;
    }
    const stopTimer = startTimer(LAST_MS, () => {
      this.#whenOver = undefined;
      read();
    });
    this.#whenOver = () => {
      stopTimer();
      read();
    };
  }
}
