import type { IncomingMessage } from "node:http";

/** How much of one body is kept, and of all together. */
const MAX_BODY_BYTES = 64 * 1024;
const MAX_TOTAL_BYTES = 16 * 1024 * 1024;

/** The beginning of a body, and how long all of it was. */
export interface RequestBody {
  readonly start: Buffer;
  readonly bytes: number;
}

/** Keeps the bodies of the latest requests, within a bound. */
export class RequestBodies {
  readonly #bodies = new Map<number, RequestBody>();
  #totalBytes = 0;

  get(handle: number): RequestBody | undefined {
    return this.#bodies.get(handle);
  }

  keep(handle: number, body: RequestBody): void {
    this.#forget(handle);
    this.#bodies.set(handle, body);
    this.#totalBytes += body.start.length;
    for (const oldest of this.#bodies.keys()) {
      if (this.#totalBytes <= MAX_TOTAL_BYTES) break;
      this.#forget(oldest);
    }
  }

  /** Forgets the bodies of all requests up to this one. */
  forgetUpTo(handle: number): void {
    if (this.#bodies.size === 0) return;
    for (const oldest of this.#bodies.keys()) {
      if (oldest > handle) break;
      this.#forget(oldest);
    }
  }

  #forget(handle: number): void {
    this.#totalBytes -= this.#bodies.get(handle)?.start.length ?? 0;
    this.#bodies.delete(handle);
  }
}

/**
 * Reads what a client sends behind the head of its request, to the end.
 *
 * @param then - Called once: when all of it is there, or as soon as there is more than is kept, so that a
 *   reply may come before the end of a long upload.
 * @param told - Called with what is known: at that moment, and at the end, also one in the middle.
 */
export function readBody(
  request: IncomingMessage,
  told: (body: RequestBody) => void,
  then: () => void,
): void {
  const chunks: Buffer[] = [];
  let kept = 0;
  let bytes = 0;
  let goesOn = false;
  const tell = (): void => {
    told({ start: Buffer.concat(chunks), bytes });
  };
  const goOn = (): void => {
    tell();
    if (goesOn) return;
    goesOn = true;
    then();
  };
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    // A copy: what comes in pieces of a byte must not hold a whole block of memory each.
    const room = Buffer.from(chunk.subarray(0, MAX_BODY_BYTES - kept));
    kept += room.length;
    if (room.length > 0) chunks.push(room);
    if (bytes > MAX_BODY_BYTES && !goesOn) goOn();
  });
  request.on("end", goOn);
  // A client that leaves in the middle ends its exchange by its connection; what has come is known nevertheless.
  request.on("error", () => undefined);
  request.once("close", () => {
    if (!request.complete) tell();
  });
  const length = Number(request.headers["content-length"] ?? 0);
  if (length > MAX_BODY_BYTES) goOn();
}
