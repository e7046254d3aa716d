import { parseJson } from "../../../internal/platform.js";
import { FrameType, HEAD_BYTES, NUMBERS_BYTES, PAIR_BYTES } from "./frame-format.js";
import { WireFault } from "../../shared/wire-fault.js";

/** Is told of the frames that have come. It may run anything, even code that kills the other side and closes the reader. */
export interface FrameListener {
  triple(first: number, second: number, value: unknown): void;
  /** The payload is not read yet: to read it may fail, and that is the business of one call. */
  payload(first: number, second: number, payload: Buffer): void;
  /** The bytes are those of `encodePayload`. */
  command(payload: Buffer): void;
}

const NO_BYTES: Buffer = Buffer.alloc(0);

/**
 * Cuts a stream of bytes into frames. A long frame is copied once, to where it will stay.
 *
 * Where it stands is kept in fields, and moved on before anybody is told: whoever is told may call `drain()`, and hears of the
 * rest in its order.
 */
export class FrameReader {
  readonly #listener: FrameListener;
  /** What came and was not cut yet, from `#at` on. */
  #chunk: Buffer = NO_BYTES;
  #at = 0;
  /** The body that is coming. */
  #body: Buffer | undefined;
  #filled = 0;
  #type = 0;
  /** The two numbers before bytes: they are no part of what stays. */
  #first = 0;
  #second = 0;
  /** Triples that are being told. */
  #numbers: Buffer | undefined;
  #triples: readonly unknown[] | undefined;
  #told = 0;
  #closed = false;

  constructor(listener: FrameListener) {
    this.#listener = listener;
  }

  /** Where the bytes belong that come next, if they are the rest of a long frame; who puts them there says so to `filled`. */
  get rest(): Buffer | undefined {
    return this.#body?.subarray(this.#filled);
  }

  /** Tells of nothing any more. */
  close(): void {
    this.#closed = true;
    this.#chunk = NO_BYTES;
    this.#at = 0;
    this.#body = this.#numbers = this.#triples = undefined;
  }

  /** So many bytes were put into `rest`. @throws {WireFault} */
  filled(count: number): void {
    this.#filled += count;
    if (this.#openFull()) this.drain();
  }

  /** @throws {WireFault} When this cannot be what the other side has sent. */
  feed(bytes: Buffer): void {
    if (this.#closed) return;
    this.#chunk =
      this.#at === this.#chunk.length
        ? bytes
        : Buffer.concat([this.#chunk.subarray(this.#at), bytes]);
    this.#at = 0;
    this.drain();
  }

  /** Tells of all that has come as a whole. @throws {WireFault} */
  drain(): void {
    while (!this.#closed) {
      if (this.#numbers !== undefined) this.#tellNumber(this.#numbers);
      else if (this.#triples !== undefined) this.#tellTriple(this.#triples);
      else if (!this.#cut()) return;
    }
  }

  /** Cuts off one frame, or what there is of it; false when more must come. */
  #cut(): boolean {
    if (this.#body !== undefined) return this.#fill();
    const chunk = this.#chunk;
    const at = this.#at;
    const left = chunk.length - at;
    if (left < HEAD_BYTES) {
      // What was read must not be kept alive.
      if (left === 0) {
        this.#chunk = NO_BYTES;
        this.#at = 0;
      }
      return false;
    }
    const length = chunk.readUInt32LE(at);
    const type = chunk.readUInt8(at + 4);
    assertPossible(type, length);
    if (type === FrameType.Bytes) {
      if (left < HEAD_BYTES + PAIR_BYTES) return false;
      this.#first = chunk.readUInt32LE(at + HEAD_BYTES);
      this.#second = chunk.readUInt32LE(at + HEAD_BYTES + 4);
      this.#at = at + HEAD_BYTES + PAIR_BYTES;
      return this.#begin(type, length - PAIR_BYTES);
    }
    this.#at = at + HEAD_BYTES;
    if (left - HEAD_BYTES < length) return this.#begin(type, length);
    this.#at += length;
    this.#open(type, chunk.subarray(at + HEAD_BYTES, this.#at));
    return true;
  }

  #begin(type: number, length: number): boolean {
    this.#type = type;
    this.#filled = 0;
    // Bytes that stay have a memory of their own, and of their own length.
    this.#body = Buffer.allocUnsafeSlow(length);
    return this.#fill();
  }

  /** Takes what has come of a body; false when more must come. */
  #fill(): boolean {
    if (this.#body === undefined) return true;
    const copied = this.#chunk.copy(this.#body, this.#filled, this.#at);
    this.#at += copied;
    this.#filled += copied;
    return this.#openFull();
  }

  #openFull(): boolean {
    const body = this.#body;
    if (body === undefined || this.#filled < body.length) return false;
    this.#body = undefined;
    this.#open(this.#type, body);
    return true;
  }

  #open(type: number, body: Buffer): void {
    switch (type) {
      case FrameType.Command:
        this.#listener.command(body);
        return;
      case FrameType.Payload:
        this.#listener.payload(
          body.readUInt32LE(0),
          body.readUInt32LE(4),
          body.subarray(PAIR_BYTES),
        );
        return;
      case FrameType.Bytes:
        this.#listener.triple(this.#first, this.#second, new Uint8Array(body.buffer));
        return;
      case FrameType.Numbers:
        this.#told = 0;
        this.#numbers = body;
        return;
      default:
        this.#told = 0;
        this.#triples = triplesOf(body);
    }
  }

  #tellNumber(body: Buffer): void {
    const at = this.#told;
    this.#told += NUMBERS_BYTES;
    if (this.#told === body.length) this.#numbers = undefined;
    this.#listener.triple(
      body.readUInt32LE(at),
      body.readUInt32LE(at + 4),
      body.readDoubleLE(at + 8),
    );
  }

  #tellTriple(triples: readonly unknown[]): void {
    const at = this.#told;
    this.#told += 3;
    if (this.#told >= triples.length) this.#triples = undefined;
    const first = triples[at];
    const second = triples[at + 1];
    if (typeof first !== "number" || typeof second !== "number") {
      throw new WireFault("a call or reply without its numbers came");
    }
    this.#listener.triple(first, second, triples[at + 2]);
  }
}

function assertPossible(type: number, length: number): void {
  switch (type) {
    case FrameType.Numbers:
      if (length > 0 && length % NUMBERS_BYTES === 0) return;
      break;
    case FrameType.Payload:
    case FrameType.Bytes:
      if (length >= PAIR_BYTES) return;
      break;
    case FrameType.Triples:
    case FrameType.Command:
      if (length > 0) return;
  }
  throw new WireFault(`bytes came that are no frame: one of type ${type} with ${length} bytes`);
}

function triplesOf(body: Buffer): readonly unknown[] {
  let triples: unknown;
  try {
    triples = parseJson(body.toString("utf8"));
  } catch (error) {
    throw new WireFault("a frame came that cannot be read", { cause: error });
  }
  if (Array.isArray(triples) && triples.length > 0 && triples.length % 3 === 0) return triples;
  throw new WireFault("a frame came that holds no calls or replies");
}
