import { parseJson } from "../../internal/platform.js";
import { FrameType, HEAD_BYTES, NUMBERS_BYTES, PAIR_BYTES } from "./frame-format.js";

/** Is told of the frames that have come. */
export interface FrameListener {
  triple(first: number, second: number, value: unknown): void;
  /** The payload is not read yet: to read it may fail, and that is the business of one call. */
  payload(first: number, second: number, payload: Buffer): void;
  /** The bytes are those of `encodePayload`. */
  order(payload: Buffer): void;
}

/** Cuts a stream of bytes into frames. A long frame is copied once, to where it will stay. */
export class FrameReader {
  readonly #listener: FrameListener;
  /** The start of a head that came without its rest. */
  #head: Buffer | undefined;
  /** The body that is coming. */
  #body: Buffer | undefined;
  #filled = 0;
  #type = 0;
  /** The two numbers before bytes: they are no part of what stays. */
  #first = 0;
  #second = 0;

  constructor(listener: FrameListener) {
    this.#listener = listener;
  }

  /** Where the bytes belong that come next, if they are the rest of a long frame; who puts them there says so to `filled`. */
  get rest(): Buffer | undefined {
    return this.#body?.subarray(this.#filled);
  }

  /** So many bytes were put into `rest`. */
  filled(count: number): void {
    this.#filled += count;
    this.#tellFull();
  }

  feed(bytes: Buffer): void {
    let chunk = bytes;
    if (this.#head !== undefined) {
      chunk = Buffer.concat([this.#head, bytes]);
      this.#head = undefined;
    }
    let at = 0;
    if (this.#body !== undefined) at = this.#fill(chunk, 0);
    while (chunk.length - at >= HEAD_BYTES) {
      const length = chunk.readUInt32LE(at);
      const type = chunk.readUInt8(at + 4);
      const isBytes = type === FrameType.Bytes;
      if (isBytes && chunk.length - at < HEAD_BYTES + PAIR_BYTES) break;
      at += HEAD_BYTES;
      if (!isBytes && chunk.length - at >= length) {
        this.#tell(type, chunk.subarray(at, at + length));
        at += length;
        continue;
      }
      this.#type = type;
      this.#filled = 0;
      if (isBytes) {
        this.#first = chunk.readUInt32LE(at);
        this.#second = chunk.readUInt32LE(at + 4);
        at += PAIR_BYTES;
      }
      // Bytes that stay have a memory of their own, and of their own length.
      this.#body = Buffer.allocUnsafeSlow(isBytes ? length - PAIR_BYTES : length);
      at = this.#fill(chunk, at);
    }
    if (at < chunk.length) this.#head = chunk.subarray(at);
  }

  /** Gives where in the chunk the rest begins. */
  #fill(chunk: Buffer, at: number): number {
    const body = this.#body;
    if (body === undefined) return at;
    const copied = chunk.copy(body, this.#filled, at);
    this.filled(copied);
    return at + copied;
  }

  #tellFull(): void {
    const body = this.#body;
    if (body === undefined || this.#filled < body.length) return;
    this.#body = undefined;
    this.#tell(this.#type, body);
  }

  #tell(type: number, body: Buffer): void {
    switch (type) {
      case FrameType.Order:
        this.#listener.order(body);
        return;
      case FrameType.Payload: {
        const payload = body.subarray(PAIR_BYTES);
        this.#listener.payload(body.readUInt32LE(0), body.readUInt32LE(4), payload);
        return;
      }
      case FrameType.Bytes:
        this.#listener.triple(this.#first, this.#second, new Uint8Array(body.buffer));
        return;
      case FrameType.Numbers:
        for (let at = 0; at < body.length; at += NUMBERS_BYTES) {
          const slot = body.readUInt32LE(at);
          this.#listener.triple(slot, body.readUInt32LE(at + 4), body.readDoubleLE(at + 8));
        }
        return;
      default: {
        const triples = parseJson(body.toString("utf8")) as unknown[];
        for (let at = 0; at < triples.length; at += 3) {
          const slot = triples[at] as number;
          this.#listener.triple(slot, triples[at + 1] as number, triples[at + 2]);
        }
      }
    }
  }
}
