import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { FrameBatch } from "../../../src/engine/process/wire/frame-batch.js";
import { FrameType, HEAD_BYTES } from "../../../src/engine/process/wire/frame-format.js";
import { FrameReader } from "../../../src/engine/process/wire/frame-reader.js";
import {
  decodePayload,
  encodePayload,
  jsonSize,
} from "../../../src/engine/process/wire/payload.js";

type Told =
  readonly [first: number, second: number, value: unknown] | readonly ["command", unknown];

/** Gives a reader, and what it has told. */
function readerOf(told: Told[]): FrameReader {
  return new FrameReader({
    triple: (first, second, value) => told.push([first, second, value]),
    payload: (first, second, payload) => told.push([first, second, decodePayload(payload)]),
    command: (payload) => told.push(["command", decodePayload(payload)]),
  });
}

/** Adds something to a batch in the way that fits it. */
function add(batch: FrameBatch, one: Told): void {
  if (one[0] === "command") {
    batch.addCommand(one[1]);
    return;
  }
  const [first, second, value] = one;
  const size = jsonSize(value);
  if (typeof value === "number") batch.addNumber(first, second, value);
  else if (size >= 0) batch.add(first, second, value, size);
  else if (value instanceof Uint8Array) batch.addBytes(first, second, value);
  else batch.addPayload(first, second, encodePayload(value));
}

const words = fc.integer({ min: 0, max: 0xffff_ffff });
const values = fc.oneof(
  fc.double(),
  fc.constantFrom(null, true, false, -0, NaN, Infinity),
  fc.string({ unit: "binary" }),
  fc.uint8Array({ minLength: 1, maxLength: 300 }),
  fc.dictionary(fc.string(), fc.integer(), { maxKeys: 3, noNullPrototype: true }),
);
const entries = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(words, words, values) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("command" as const), values) },
);

/** Cuts bytes at these places. */
function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [0, ...at.map((one) => one % (bytes.length + 1)), bytes.length].sort(
    (a, b) => a - b,
  );
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

describe("frames", () => {
  test("tell what was added, in its order, however the bytes are cut on their way", () => {
    fc.assert(
      fc.property(
        fc.array(entries, { maxLength: 12 }),
        fc.array(fc.nat({ max: 4_000 }), { maxLength: 8 }),
        (sent, cuts) => {
          const batch = new FrameBatch();
          for (const one of sent) add(batch, one);
          const told: Told[] = [];
          const reader = readerOf(told);
          for (const part of cut(Buffer.concat(batch.take()), cuts)) reader.feed(Buffer.from(part));
          expect(told).toStrictEqual(sent);
          expect(batch.isEmpty).toBe(true);
        },
      ),
      { numRuns: 300, seed: 9 },
    );
  });

  test("byte by byte, too", () => {
    const sent: Told[] = [
      [1, 2, 3],
      [4, 5, "text"],
      [6, 7, Uint8Array.of(8, 9)],
      ["command", { kind: "leave" }],
      [10, 11, -0],
    ];
    const batch = new FrameBatch();
    for (const one of sent) add(batch, one);
    const told: Told[] = [];
    const reader = readerOf(told);
    for (const byte of Buffer.concat(batch.take())) reader.feed(Buffer.of(byte));
    expect(told).toStrictEqual(sent);
  });

  test("of a reader who is asked for more by whom it tells keep their order", () => {
    const batch = new FrameBatch();
    for (let n = 0; n < 5; n += 1) batch.addNumber(n, 0, n);
    batch.add(5, 0, "five", 8);
    batch.add(6, 0, "six", 8);
    const told: number[] = [];
    const reader = new FrameReader({
      triple: (first) => {
        told.push(first);
        reader.drain();
      },
      payload: () => undefined,
      command: () => undefined,
    });
    reader.feed(Buffer.concat(batch.take()));
    expect(told).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test("of a reader that was closed by whom it tells end there", () => {
    const batch = new FrameBatch();
    for (let n = 0; n < 5; n += 1) batch.addNumber(n, 0, n);
    const told: number[] = [];
    const reader = new FrameReader({
      triple: (first) => {
        told.push(first);
        if (first === 2) reader.close();
      },
      payload: () => undefined,
      command: () => undefined,
    });
    const bytes = Buffer.concat(batch.take());
    reader.feed(bytes);
    reader.feed(bytes);
    expect(told).toEqual([0, 1, 2]);
  });

  test("copy bytes when they are added", () => {
    const batch = new FrameBatch();
    const bytes = Uint8Array.of(1, 2);
    batch.addBytes(0, 0, bytes);
    bytes[0] = 9;
    const told: Told[] = [];
    readerOf(told).feed(Buffer.concat(batch.take()));
    expect(told).toStrictEqual([[0, 0, Uint8Array.of(1, 2)]]);
  });

  test("hold many triples in few: numbers and texts each share one", () => {
    const batch = new FrameBatch();
    for (let n = 0; n < 100; n += 1) batch.addNumber(n, 0, n);
    for (let n = 0; n < 100; n += 1) batch.add(n, 0, "text", 7);
    expect(batch.waiting).toBe(100);
    const bytes = Buffer.concat(batch.take());
    const first = bytes.readUInt32LE(0) + HEAD_BYTES;
    expect(bytes.readUInt8(4)).toBe(FrameType.Numbers);
    expect(bytes.readUInt8(first + 4)).toBe(FrameType.Triples);
    expect(first + HEAD_BYTES + bytes.readUInt32LE(first)).toBe(bytes.length);
  });

  const head = (type: number, body: Buffer): Buffer => {
    const bytes = Buffer.alloc(HEAD_BYTES);
    bytes.writeUInt32LE(body.length, 0);
    bytes.writeUInt8(type, 4);
    return Buffer.concat([bytes, body]);
  };
  test.each<[string, Buffer]>([
    ["a type that there is not", head(9, Buffer.alloc(8))],
    ["numbers of an impossible length", head(FrameType.Numbers, Buffer.alloc(15))],
    ["no numbers", head(FrameType.Numbers, Buffer.alloc(0))],
    ["a payload without its numbers", head(FrameType.Payload, Buffer.alloc(7))],
    ["an empty command", head(FrameType.Command, Buffer.alloc(0))],
    ["text that is no JSON", head(FrameType.Triples, Buffer.from("[1,2"))],
    ["JSON that is no list", head(FrameType.Triples, Buffer.from("{}"))],
    ["a list that is no triples", head(FrameType.Triples, Buffer.from("[1,2]"))],
    ["triples without numbers", head(FrameType.Triples, Buffer.from('["a","b","c"]'))],
  ])("that cannot be what was sent are a fault: %s", (_, bytes) => {
    const told: Told[] = [];
    expect(() => {
      readerOf(told).feed(bytes);
    }).toThrow(expect.objectContaining({ name: "WireFault" }));
    expect(told).toEqual([]);
  });
});
