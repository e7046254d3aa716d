import type { Readable } from "node:stream";
import { startTimer } from "../../../internal/timer.js";
import { KEPT_STDERR_CHARS, LAST_STDERR_MS, SHOWN_STDERR_LINES } from "../../tuning.js";

/** Passes on what a process writes to stderr, and keeps the end of it. */
export class StderrTail {
  #text = "";
  #isOver = false;
  #whenOver: (() => void) | undefined;

  constructor(stderr: Readable & { unref?(): void }) {
    stderr.on("data", (chunk: Buffer) => {
      process.stderr.write(chunk);
      this.#text = (this.#text + chunk.toString()).slice(-KEPT_STDERR_CHARS);
    });
    stderr.once("close", () => {
      this.#isOver = true;
      this.#whenOver?.();
    });
    stderr.unref?.();
  }

  /** The last lines. */
  get text(): string {
    return this.#text.trim().split("\n").slice(-SHOWN_STDERR_LINES).join("\n");
  }

  /** Calls `read` when all that was written has been read, or does not come. */
  whenRead(read: () => void): void {
    if (this.#isOver) {
      read();
      return;
    }
    const stopTimer = startTimer(LAST_STDERR_MS, () => {
      this.#whenOver = undefined;
      read();
    });
    this.#whenOver = () => {
      stopTimer();
      read();
    };
  }
}
