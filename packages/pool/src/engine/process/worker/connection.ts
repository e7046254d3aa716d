import { writeSync } from "node:fs";
import { Atomics } from "../../../internal/platform.js";

/** The connection to the parent. */
export interface ParentConnection {
  /** Whether something that was sent has not left this process yet. */
  readonly isStuck: boolean;
  send(parts: readonly Buffer[]): void;
  /** Writes what has not left this process, without the event loop: it is about to end. */
  flushNow(): void;
}

/** Writes bytes without the event loop, and waits for a reader that is slow. @throws What Node throws when it is gone. */
export function writeAll(fd: number, bytes: Buffer): void {
  const nap = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      // The parent has not read yet.
      Atomics.wait(nap, 0, 0, 1);
    }
  }
}
