import { arcfour, ArcfourCipher, type BinaryData } from "../../src/index.js";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { DRAFT_VECTORS, RFC_6229_VECTORS } from "../fixtures/arcfour-vectors.js";

const bytesOf = (hex: string): Uint8Array => Buffer.from(hex, "hex");
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const ascii = (text: string): Uint8Array => Buffer.from(text, "latin1");

const JABBERWOCKY = ascii("'Twas brillig, and the slithy toves\nDid gyre");

/** The seed's program, word for word: slow, and obviously the cipher. */
function reference(key: Uint8Array, data: Uint8Array, loops: number): Uint8Array {
  const box = Array.from({ length: 256 }, (_, index) => index);
  const at = (index: number): number => box[index % 256] ?? NaN;
  const exchange = (i: number, j: number): void => {
    [box[i], box[j]] = [at(j), at(i)];
  };
  let j = 0;
  for (let loop = 0; loop < loops; loop += 1) {
    for (let i = 0; i < 256; i += 1) {
      j = (j + at(i) + (key[i % key.length] ?? NaN)) % 256;
      exchange(i, j);
    }
  }
  let i = 0;
  j = 0;
  return data.map((byte) => {
    i = (i + 1) % 256;
    j = (j + at(i)) % 256;
    exchange(i, j);
    return byte ^ at(at(i) + at(j));
  });
}

describe("arcfour", () => {
  test.each(DRAFT_VECTORS)("FL30: $name, both ways", ({ key, plain, cipher }) => {
    expect(hexOf(arcfour(bytesOf(key), bytesOf(plain), { loops: 1 }))).toBe(cipher);
    expect(hexOf(arcfour(bytesOf(key), bytesOf(cipher), { loops: 1 }))).toBe(plain);
  });

  test.each(RFC_6229_VECTORS)("RFC 6229: key $key from $offset", ({ key, offset, stream }) => {
    const zeros = new Uint8Array(offset + 32);
    expect(hexOf(arcfour(bytesOf(key), zeros, { loops: 1 }).subarray(offset))).toBe(stream);
  });

  test.each([
    { key: ascii("Key"), text: "Plaintext", loops: 1, cipher: "bbf316e8d940af0ad3" },
    { key: ascii("key"), text: "1234567890", loops: 20, cipher: "50fd16c89681548d5aef" },
    { key: JABBERWOCKY, text: "hello", loops: 20, cipher: "c19ea4acc6" },
  ])("FL30: what the Python program makes of $text, $loops loops", (vector) => {
    const { key, text, loops, cipher } = vector;
    expect(hexOf(arcfour(key, ascii(text), { loops }))).toBe(cipher);
  });

  test("mixes 20 times unless told otherwise", () => {
    expect(hexOf(arcfour(ascii("key"), ascii("1234567890")))).toBe("50fd16c89681548d5aef");
  });

  test("agrees with the program of the book for any key, data and loops", () => {
    const binary = (minLength: number, maxLength: number) =>
      fc.uint8Array({ minLength, maxLength });
    const property = (key: Uint8Array, data: Uint8Array, loops: number) => {
      expect(hexOf(arcfour(key, data, { loops }))).toBe(hexOf(reference(key, data, loops)));
    };
    fc.assert(
      fc.property(binary(1, 256), binary(0, 700), fc.integer({ min: 1, max: 25 }), property),
    );
  });

  // 16 KiB go through at a time, eight bytes at a time.
  test.each([0, 1, 7, 8, 9, 255, 256, 257, 16_383, 16_384, 16_385, 49_159])(
    "agrees with it for %d bytes",
    (size) => {
      const data = new Uint8Array(size).map((_, index) => (index * 31) >> 3);
      expect(arcfour(JABBERWOCKY, data)).toEqual(reference(JABBERWOCKY, data, 20));
    },
  );

  test("gives back a million bytes", () => {
    const clear = ascii("1234567890".repeat(100_000));
    const cipher = arcfour(ascii("key"), clear);
    expect(hexOf(cipher.subarray(0, 10))).toBe("50fd16c89681548d5aef");
    expect(Buffer.compare(arcfour(ascii("key"), cipher), clear)).toBe(0);
  });

  describe("takes bytes in any shape:", () => {
    const plain = ascii("Plaintext!!!");
    const expected = hexOf(arcfour(ascii("Key"), plain, { loops: 1 }));
    const buffer = Uint8Array.from(plain).buffer;
    const wide = new Uint8Array(20);
    wide.set(plain, 4);
    const shared = new Uint8Array(new SharedArrayBuffer(12));
    shared.set(plain);
    const shapes: Record<string, BinaryData> = {
      Buffer: Buffer.from(plain),
      ArrayBuffer: buffer,
      SharedArrayBuffer: shared.buffer,
      "Uint8Array on shared memory": shared,
      Uint32Array: new Uint32Array(buffer),
      "DataView with an offset": new DataView(wide.buffer, 4, 12),
      "Uint16Array with an offset": new Uint16Array(wide.buffer, 4, 6),
    };
    test.each(Object.entries(shapes))("%s", (_name, shape) => {
      expect(hexOf(arcfour(ascii("Key"), shape, { loops: 1 }))).toBe(expected);
      expect(hexOf(arcfour(shape, plain))).toBe(hexOf(arcfour(plain, plain)));
    });
  });

  test("leaves its inputs as they are", () => {
    const key = Uint8Array.from(JABBERWOCKY);
    const data = Uint8Array.from(JABBERWOCKY);
    const cipher = arcfour(key, data);
    expect(cipher).not.toEqual(data);
    expect(hexOf(key)).toBe(hexOf(JABBERWOCKY));
    expect(hexOf(data)).toBe(hexOf(JABBERWOCKY));
  });

  test("inPlace overwrites the data within their view, and nothing around it", () => {
    const memory = new Uint8Array(40).fill(7);
    const view = memory.subarray(10, 30);
    const cipher = hexOf(arcfour(ascii("key"), view));
    const result = arcfour(ascii("key"), view, { inPlace: true });
    expect(result.buffer).toBe(memory.buffer);
    expect(hexOf(view)).toBe(cipher);
    expect(hexOf(result)).toBe(cipher);
    const around = [...memory.subarray(0, 10), ...memory.subarray(30)];
    expect(around.every((byte) => byte === 7)).toBe(true);
  });

  test("uses every byte of a key of 256, and refuses one more", () => {
    const key = new Uint8Array(256).map((_, index) => index);
    const other = key.slice();
    other[255] = 0;
    expect(arcfour(key, JABBERWOCKY)).not.toEqual(arcfour(other, JABBERWOCKY));
    expect(() => arcfour(new Uint8Array(257), JABBERWOCKY)).toThrow(
      new RangeError("key must have 1 to 256 bytes, not 257"),
    );
  });

  test("refuses an empty key", () => {
    const error = new RangeError("key must have 1 to 256 bytes, not 0");
    expect(() => arcfour(new Uint8Array(0), JABBERWOCKY)).toThrow(error);
    expect(() => new ArcfourCipher(new ArrayBuffer(0))).toThrow(error);
  });

  test.each([0, -1, 1.5, NaN, Infinity, 2 ** 31])("refuses %d loops", (loops) => {
    const error = new RangeError(`loops must be an integer from 1 to 2147483647, not ${loops}`);
    expect(() => arcfour(JABBERWOCKY, JABBERWOCKY, { loops })).toThrow(error);
    expect(() => new ArcfourCipher(JABBERWOCKY, { loops })).toThrow(error);
  });

  test.each<unknown>(["text", 5, null, undefined, [1, 2]])("refuses %p as key or data", (wrong) => {
    // As a JavaScript caller would hand it over.
    const value = wrong as BinaryData;
    expect(() => arcfour(value, JABBERWOCKY)).toThrow(TypeError);
    expect(() => arcfour(JABBERWOCKY, value)).toThrow("data must be a Uint8Array");
  });
});

describe("ArcfourCipher", () => {
  test("gives in pieces what arcfour gives for the whole", () => {
    const property = (data: Uint8Array, cuts: number[]) => {
      const cipher = new ArcfourCipher(JABBERWOCKY);
      const places = [...cuts.map((cut) => cut % (data.length + 1)), data.length].sort(
        (a, b) => a - b,
      );
      const pieces = places.map((end, index) =>
        cipher.update(data.subarray(places[index - 1] ?? 0, end)),
      );
      expect(hexOf(Buffer.concat(pieces))).toBe(hexOf(arcfour(JABBERWOCKY, data)));
    };
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        property,
      ),
    );
  });

  test("goes on where it was, whatever other streams do meanwhile", () => {
    const keys = ["a", "b", "c"].map(ascii);
    const data = new Uint8Array(100);
    const ciphers = keys.map((key) => new ArcfourCipher(key, { loops: 3 }));
    const pieces = keys.map((): Uint8Array[] => []);
    for (let from = 0; from < 100; from += 10) {
      ciphers.forEach((cipher, index) => {
        pieces[index]?.push(cipher.update(data.subarray(from, from + 10)));
        arcfour(ascii("in between"), data);
      });
    }
    expect(pieces.map((list) => hexOf(Buffer.concat(list)))).toEqual(
      keys.map((key) => hexOf(arcfour(key, data, { loops: 3 }))),
    );
  });

  test("a piece in place, and one that is refused without moving the stream", () => {
    const cipher = new ArcfourCipher(ascii("Key"), { loops: 1 });
    const text = Uint8Array.from(ascii("Plaintext"));
    const wrong: object = new Map();
    cipher.update(text.subarray(0, 4), { inPlace: true });
    expect(() => cipher.update(wrong as BinaryData)).toThrow(TypeError);
    cipher.update(text.subarray(4), { inPlace: true });
    expect(hexOf(text)).toBe("bbf316e8d940af0ad3");
  });
});
