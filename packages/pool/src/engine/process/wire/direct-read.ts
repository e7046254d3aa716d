import { readSync } from "node:fs";
import type { Socket } from "node:net";
import type { FrameReader } from "./frame-reader.js";
import { monotonicMs } from "../../../internal/platform.js";
import { DIRECT_READ_BYTES, DIRECT_READ_PATIENCE_MS } from "../../tuning.js";

/**
 * Reads the rest of a long frame from the socket straight to where it belongs, for as long as it keeps coming. Node would
 * read it in pieces of 64 KB, each into a memory of its own, and sleep between them.
 *
 * To be called in a "data" listener: all that came before has been handed to it then.
 */
export function readDirectly(socket: Socket, reader: FrameReader): void {
  let { rest } = reader;
  if (rest === undefined || rest.length < DIRECT_READ_BYTES || socket.readableLength > 0) return;
  // Node's types do not tell of it; pipes of Windows have none.
  const { fd = -1 } = (socket as { readonly _handle?: { readonly fd?: number } })._handle ?? {};
  if (fd < 0) return;
  let lastMs = monotonicMs();
  while (rest !== undefined) {
    const count = readSome(fd, rest);
    if (count > 0) {
      reader.filled(count);
      ({ rest } = reader);
      lastMs = monotonicMs();
    } else if (count === 0 || monotonicMs() - lastMs > DIRECT_READ_PATIENCE_MS) {
      return;
    }
  }
}

/** Gives how many bytes came: 0 at the end, -1 when there is nothing yet. What fails is for the socket to find out. */
function readSome(fd: number, into: Buffer): number {
  try {
    return readSync(fd, into);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EAGAIN" ? -1 : 0;
  }
}
