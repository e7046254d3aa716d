import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { errorCode } from "../shared/failure-reason.js";

const AT_ONCE = process.platform === "win32" ? 0 : constants.O_NONBLOCK;
/** How often to look whether a pipe takes more, in milliseconds. */
const LOOK_AGAIN_MS = 20;
/** How long to go on when the run was stopped and the other side does nothing, in milliseconds. */
const PATIENCE_MS = 1000;

/**
 * Writes to a pipe or a device.
 *
 * Nothing waits inside a call of the system, which no signal could end: for somebody who opens the other end of a pipe, or
 * reads what is in it.
 *
 * @param signal - Ends the wait for the other side, with a rejection.
 */
export async function writeThrough(
  path: string,
  content: string,
  signal: AbortSignal,
): Promise<void> {
  const bytes = Buffer.from(content);
  const handle = await whenReady(signal, "ENXIO", () => open(path, constants.O_WRONLY | AT_ONCE));
  try {
    for (let done = 0; done < bytes.length;)
      done += await writeSome(handle, bytes.subarray(done), signal);
  } finally {
    await handle.close();
  }
}

async function writeSome(
  handle: FileHandle,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<number> {
  const { bytesWritten } = await whenReady(signal, "EAGAIN", () => handle.write(bytes));
  return bytesWritten;
}

/** Tries again as long as the other side is not ready. */
async function whenReady<T>(
  signal: AbortSignal,
  notReady: "ENXIO" | "EAGAIN",
  action: () => Promise<T>,
): Promise<T> {
  let idleMs = 0;
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (errorCode(error) !== notReady) throw error;
      if (idleMs > PATIENCE_MS) throw new Error("nobody reads it", { cause: error });
    }
    await setTimeout(LOOK_AGAIN_MS);
    if (signal.aborted) idleMs += LOOK_AGAIN_MS;
  }
}
