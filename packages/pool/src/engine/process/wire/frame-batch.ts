import { toJson } from "../../../internal/platform.js";
import { FrameType, HEAD_BYTES, NUMBERS_BYTES, PAIR_BYTES } from "./frame-format.js";
import { encodePayload, jsonSize, plainBytes } from "./payload.js";
import { copyForWriting } from "./scratch.js";
import { FIRST_NUMBERS_BYTES, FULL_TEXT, SMALL_FRAME_BYTES } from "../../tuning.js";

const NO_BYTES = Buffer.alloc(0);

/** Frames on their way, in order; what JSON carries shares one frame for as long as nothing else comes between. */
export class FrameBatch {
  #triples: unknown[] = [];
  /** About how many characters they need. */
  #chars = 0;
  /** A frame of numbers that is being made, with room for more; and how far it is. */
  #numbers = NO_BYTES;
  #numbersEnd = 0;
  #parts: Buffer[] = [];

  get isEmpty(): boolean {
    return this.#triples.length === 0 && this.#numbersEnd === 0 && this.#parts.length === 0;
  }

  /** Triples that wait to be sent in one frame. */
  get waiting(): number {
    return this.#triples.length / 3 + Math.floor(this.#numbersEnd / NUMBERS_BYTES);
  }

  /**
   * Adds a triple whose `value` JSON carries.
   *
   * @param size - About how many characters it needs, as `JsonForms` and `jsonSize` say.
   */
  add(first: number, second: number, value: unknown, size: number): void {
    if (typeof value === "number") {
      this.addNumber(first, second, value);
      return;
    }
    this.#closeNumbers();
    this.#triples.push(first, second, value);
    this.#chars += size;
    if (this.#chars > FULL_TEXT) this.#closeTriples();
  }

  /** Adds a triple with any number, those included that JSON does not know. */
  addNumber(first: number, second: number, value: number): void {
    // Among others it is one of them: frames of one triple each would cost more than its text.
    if (this.#triples.length > 0 && jsonSize(value) >= 0) {
      this.#triples.push(first, second, value);
      return;
    }
    this.#closeTriples();
    if (this.#numbersEnd === 0) this.#numbersEnd = HEAD_BYTES;
    const at = this.#numbersEnd;
    if (at + NUMBERS_BYTES > this.#numbers.length) this.#growNumbers();
    const frame = this.#numbers;
    frame.writeUInt32LE(first, at);
    frame.writeUInt32LE(second, at + 4);
    frame.writeDoubleLE(value, at + 8);
    this.#numbersEnd = at + NUMBERS_BYTES;
  }

  /** Adds a triple with a copy of these bytes, for which `isPlainBytes` is true. */
  addBytes(first: number, second: number, value: Uint8Array): void {
    const bytes = plainBytes(value);
    this.#close();
    const head = pairHead(FrameType.Bytes, first, second, bytes.length);
    this.#parts.push(head, copyForWriting(bytes));
  }

  /** Adds a triple with bytes of `encodePayload`. */
  addPayload(first: number, second: number, payload: Buffer): void {
    this.#close();
    this.#parts.push(pairHead(FrameType.Payload, first, second, payload.length), payload);
  }

  /** Adds a command, or a word of the child. @throws When it cannot be sent, as it may hold items of a stream. */
  addCommand(command: unknown): void {
    // It may have getters, which may do anything: nothing is begun here before they have.
    const payload = encodePayload(command);
    this.#close();
    const head = Buffer.allocUnsafe(HEAD_BYTES);
    writeHead(head, FrameType.Command, payload.length);
    this.#parts.push(head, payload);
  }

  /** Gives the bytes to write, and is empty. Who has written them calls `giveBack` for each part. */
  take(): Buffer[] {
    this.#close();
    const parts = this.#parts;
    this.#parts = [];
    return parts.length > 1 ? joinSmall(parts) : parts;
  }

  #growNumbers(): void {
    const grown = Buffer.allocUnsafe(Math.max(FIRST_NUMBERS_BYTES, this.#numbers.length * 2));
    this.#numbers.copy(grown, 0, 0, this.#numbersEnd);
    this.#numbers = grown;
  }

  #close(): void {
    this.#closeTriples();
    this.#closeNumbers();
  }

  #closeNumbers(): void {
    if (this.#numbersEnd === 0) return;
    const frame = Buffer.from(this.#numbers.subarray(0, this.#numbersEnd));
    this.#numbersEnd = 0;
    writeHead(frame, FrameType.Numbers, frame.length - HEAD_BYTES);
    this.#parts.push(frame);
  }

  #closeTriples(): void {
    if (this.#triples.length === 0) return;
    const triples = this.#triples;
    this.#triples = [];
    this.#chars = 0;
    // A program may have given all arrays a method that JSON.stringify would call.
    if ("toJSON" in triples) {
      for (let at = 0; at < triples.length; at += 3) {
        const payload = encodePayload(triples[at + 2]);
        this.addPayload(triples[at] as number, triples[at + 1] as number, payload);
      }
      return;
    }
    const text = toJson(triples);
    const bytes = Buffer.byteLength(text);
    const frame = Buffer.allocUnsafe(HEAD_BYTES + bytes);
    writeHead(frame, FrameType.Triples, bytes);
    frame.write(text, HEAD_BYTES);
    this.#parts.push(frame);
  }
}

function writeHead(frame: Buffer, type: number, bytes: number): void {
  frame.writeUInt32LE(bytes, 0);
  frame.writeUInt8(type, 4);
}

function pairHead(type: number, first: number, second: number, bytes: number): Buffer {
  const head = Buffer.allocUnsafe(HEAD_BYTES + PAIR_BYTES);
  writeHead(head, type, PAIR_BYTES + bytes);
  head.writeUInt32LE(first, HEAD_BYTES);
  head.writeUInt32LE(second, HEAD_BYTES + 4);
  return head;
}

/** Copies small neighbours together; large ones stay what they are. */
function joinSmall(parts: readonly Buffer[]): Buffer[] {
  const joined: Buffer[] = [];
  let small: Buffer[] = [];
  const close = (): void => {
    if (small.length > 0) joined.push(Buffer.concat(small));
    small = [];
  };
  parts.forEach((part) => {
    if (part.length <= SMALL_FRAME_BYTES) {
      small.push(part);
      return;
    }
    close();
    joined.push(part);
  });
  close();
  return joined;
}
