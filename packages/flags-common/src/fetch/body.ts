import type { IncomingMessage } from "node:http";

/** Takes a body as it comes. */
export interface BodySink {
  /** Takes the next bytes; no more come until what it returns has resolved. */
  write(chunk: Uint8Array): Promise<void> | undefined;
}

/** A body that is kept in memory. */
export class MemorySink implements BodySink {
  readonly #chunks: Uint8Array[] = [];

  write(chunk: Uint8Array): undefined {
    this.#chunks.push(chunk);
  }

  /** All that came, in one piece. */
  get bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#chunks));
  }
}

/**
 * Reads a body into a sink, and no faster than that takes it.
 *
 * @param onBytes - Told of the size of each piece before it is taken; `false` ends the reading.
 * @returns Whether all of it was read; it rejects when the body breaks off, or the sink fails.
 */
export function pour(
  response: IncomingMessage,
  sink: BodySink,
  onBytes: (byteLength: number) => boolean,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let writing: Promise<void> | undefined;
    const fail = (error: unknown): void => {
      response.destroy();
      reject(error);
    };
    response.on("data", (chunk: Buffer) => {
      if (!onBytes(chunk.length)) {
        response.destroy();
        resolve(false);
        return;
      }
      writing = sink.write(chunk);
      if (writing === undefined) return;
      response.pause();
      writing.then(() => response.resume(), fail);
    });
    response.once("end", () => {
      // The last piece may still be on its way to the disk.
      if (writing === undefined) resolve(true);
      else writing.then(() => resolve(true), fail);
    });
    const broken = (error: Error): void => {
      // What came before is in the sink before anybody asks for it.
      if (writing === undefined) reject(error);
      else writing.then(() => reject(error), fail);
    };
    response.once("error", broken);
    response.once("close", () => {
      if (!response.readableEnded) broken(brokenOff());
    });
    // It may have broken before anybody listened.
    if (response.destroyed && !response.readableEnded) broken(response.errored ?? brokenOff());
  });
}

function brokenOff(): Error {
  return Object.assign(new Error("aborted"), { code: "ECONNRESET" });
}

/** More is not read of what nobody wants: a new connection is cheaper. */
const MAX_DISCARDED_BYTES = 65_536;
/** Longer is not waited for it, in milliseconds. */
const MAX_DISCARD_MS = 250;

/**
 * Reads a body that nobody wants, so that its connection can be used again; a large or slow one is broken off. It never
 * rejects: what the answer says is known already.
 */
export function discard(response: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let byteLength = Number(response.headers["content-length"] ?? 0);
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const breakOff = (): void => {
      response.destroy();
      end();
    };
    const timer = setTimeout(breakOff, MAX_DISCARD_MS);
    response.once("end", end);
    response.on("error", end);
    response.once("close", end);
    if (byteLength > MAX_DISCARDED_BYTES || response.destroyed) {
      breakOff();
      return;
    }
    byteLength = 0;
    response.on("data", (chunk: Buffer) => {
      byteLength += chunk.length;
      if (byteLength > MAX_DISCARDED_BYTES) breakOff();
    });
  });
}
