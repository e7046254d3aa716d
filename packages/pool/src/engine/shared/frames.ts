import { encodePayload } from "./payload.js";

/** What the body of a frame is. */
const FrameType = {
  /** JSON: an array of triples, calls or replies. */
  Triples: 0,
  /** One triple whose third part JSON would not carry: two numbers, and a payload. */
  Payload: 1,
  /** A payload: an order, a word about the worker itself. */
  Order: 2,
} as const;

/** A frame begins with the length of its body and its type. */
const HEAD_BYTES = 5;
/** The two numbers of a triple before its payload. */
const PAIR_BYTES = 8;
const MAX_BODY_BYTES = 0xffff_ffff;
/** Frames up to this size are copied together: one long write is cheaper than several. */
const SMALL_BYTES = 16_384;

/** Frames on their way, in order; what JSON carries shares one frame for as long as nothing else comes between. */
export class FrameBatch {
  #triples: unknown[] = [];
  #parts: Buffer[] = [];

  get isEmpty(): boolean {
    return this.#triples.length === 0 && this.#parts.length === 0;
  }

  /** Triples that wait to be sent in one frame. */
  get waiting(): number {
    return this.#triples.length / 3;
  }

  /** Adds a triple whose `value` JSON carries. */
  add(first: number, second: number, value: unknown): void {
    this.#triples.push(first, second, value);
  }

  /** Adds a triple with bytes of `encodePayload`. */
  addPayload(first: number, second: number, payload: Buffer): void {
    this.#closeTriples();
    const head = Buffer.allocUnsafe(HEAD_BYTES + PAIR_BYTES);
    writeHead(head, FrameType.Payload, PAIR_BYTES + payload.length);
    head.writeUInt32LE(first, HEAD_BYTES);
    head.writeUInt32LE(second, HEAD_BYTES + 4);
    this.#parts.push(head, payload);
  }

  addOrder(order: unknown): void {
    this.#closeTriples();
    const payload = encodePayload(order);
    const head = Buffer.allocUnsafe(HEAD_BYTES);
    writeHead(head, FrameType.Order, payload.length);
    this.#parts.push(head, payload);
  }

  /** Gives the bytes to write, and is empty. */
  take(): Buffer[] {
    this.#closeTriples();
    const parts = this.#parts;
    this.#parts = [];
    return parts.length > 1 ? joinSmall(parts) : parts;
  }

  #closeTriples(): void {
    if (this.#triples.length === 0) return;
    const triples = this.#triples;
    this.#triples = [];
    // A program may have given all arrays a method that JSON.stringify would call.
    if ("toJSON" in triples) {
      for (let at = 0; at < triples.length; at += 3) {
        const payload = encodePayload(triples[at + 2]);
        this.addPayload(triples[at] as number, triples[at + 1] as number, payload);
      }
      return;
    }
    const text = JSON.stringify(triples);
    const bytes = Buffer.byteLength(text);
    const frame = Buffer.allocUnsafe(HEAD_BYTES + bytes);
    writeHead(frame, FrameType.Triples, bytes);
    frame.write(text, HEAD_BYTES);
    this.#parts.push(frame);
  }
}

function writeHead(frame: Buffer, type: number, bytes: number): void {
  if (bytes > MAX_BODY_BYTES) throw new RangeError("it has more than 4 GB");
  frame.writeUInt32LE(bytes, 0);
  frame.writeUInt8(type, 4);
}

/** Copies small neighbours together; large ones stay what they are. */
function joinSmall(parts: readonly Buffer[]): Buffer[] {
  const joined: Buffer[] = [];
  let small: Buffer[] = [];
  const close = (): void => {
    if (small.length > 0) joined.push(Buffer.concat(small));
    small = [];
  };
  for (const part of parts) {
    if (part.length <= SMALL_BYTES) {
      small.push(part);
      continue;
    }
    close();
    joined.push(part);
  }
  close();
  return joined;
}

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

  constructor(listener: FrameListener) {
    this.#listener = listener;
  }

  feed(bytes: Buffer): void {
    let chunk = bytes;
    if (this.#head !== undefined) {
      chunk = Buffer.concat([this.#head, bytes]);
      this.#head = undefined;
    }
    let at = 0;
    const body = this.#body;
    if (body !== undefined) {
      at = this.#fill(body, chunk, 0);
      if (this.#filled < body.length) return;
      this.#body = undefined;
      this.#tell(this.#type, body);
    }
    while (chunk.length - at >= HEAD_BYTES) {
      const length = chunk.readUInt32LE(at);
      const type = chunk.readUInt8(at + 4);
      at += HEAD_BYTES;
      if (chunk.length - at < length) {
        this.#type = type;
        this.#body = Buffer.allocUnsafeSlow(length);
        this.#filled = 0;
        this.#fill(this.#body, chunk, at);
        return;
      }
      this.#tell(type, chunk.subarray(at, at + length));
      at += length;
    }
    if (at < chunk.length) this.#head = chunk.subarray(at);
  }

  /** Gives where in the chunk the rest begins. */
  #fill(body: Buffer, chunk: Buffer, at: number): number {
    const copied = chunk.copy(body, this.#filled, at);
    this.#filled += copied;
    return at + copied;
  }

  #tell(type: number, body: Buffer): void {
    if (type === FrameType.Order) {
      this.#listener.order(body);
    } else if (type === FrameType.Payload) {
      const payload = body.subarray(PAIR_BYTES);
      this.#listener.payload(body.readUInt32LE(0), body.readUInt32LE(4), payload);
    } else {
      const triples = JSON.parse(body.toString("utf8")) as unknown[];
      for (let at = 0; at < triples.length; at += 3) {
        const [first, second] = [triples[at] as number, triples[at + 1] as number];
        this.#listener.triple(first, second, triples[at + 2]);
      }
    }
  }
}
