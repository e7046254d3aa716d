import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  putSlotValue,
  SlotKind,
  slotKindOf,
  takeSlotValue,
} from "../../../src/engine/thread/wire/slot-value.js";
import { Ring } from "../../../src/engine/thread/wire/ring.js";
import { SLOTS } from "../../../src/engine/shared/tickets.js";
import { INLINE_BYTES } from "../../../src/engine/tuning.js";

const UNITS = INLINE_BYTES / 2;

/** What travels in a slot. */
const small = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, undefined, null, true, false),
  // Halves of pairs, too.
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
    .map((units) => String.fromCharCode(...units)),
  fc.uint8Array({ minLength: 1, maxLength: 40 }),
);

describe("a value in a slot", () => {
  test("comes out as it went in, whatever is in the slots beside it", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: SLOTS - 1 }), small), {
          selector: ([slot]) => slot,
          maxLength: 20,
        }),
        (values) => {
          const { argument } = Ring.create();
          const kinds = values.map(([, value]) => slotKindOf(value));
          values.forEach(([slot, value], at) => {
            putSlotValue(argument, slot, kinds[at] ?? 0, value);
          });
          values.forEach(([slot, value], at) => {
            expect(takeSlotValue(argument, slot, kinds[at] ?? 0)).toStrictEqual(value);
          });
        },
      ),
      { numRuns: 200, seed: 5 },
    );
  });

  test("fills all of the last slot, and no more", () => {
    const { argument, result } = Ring.create();
    const bytes = new Uint8Array(INLINE_BYTES).fill(255);
    const text = "\u{10ffff}".repeat(UNITS / 2);
    putSlotValue(argument, SLOTS - 1, slotKindOf(bytes), bytes);
    expect(takeSlotValue(argument, SLOTS - 1, SlotKind.Bytes)).toStrictEqual(bytes);
    // Values may lie where the arguments lay.
    putSlotValue(result, SLOTS - 1, slotKindOf(text), text);
    expect(takeSlotValue(result, SLOTS - 1, SlotKind.Text)).toBe(text);
  });

  test("that is bytes is a copy", () => {
    const { argument } = Ring.create();
    const bytes = Uint8Array.of(1, 2);
    putSlotValue(argument, 3, SlotKind.Bytes, bytes);
    bytes[0] = 9;
    const first = takeSlotValue(argument, 3, SlotKind.Bytes) as Uint8Array;
    first[1] = 9;
    expect(takeSlotValue(argument, 3, SlotKind.Bytes)).toStrictEqual(Uint8Array.of(1, 2));
  });

  class Bytes extends Uint8Array {
    override get length(): number {
      return 1;
    }
  }

  test.each<[string, unknown, number]>([
    ["a number", NaN, SlotKind.Number],
    ["the longest text", "a".repeat(UNITS), SlotKind.Text],
    ["a longer text", "a".repeat(UNITS + 1), SlotKind.Message],
    ["the most bytes", new Uint8Array(INLINE_BYTES), SlotKind.Bytes],
    ["more bytes", new Uint8Array(INLINE_BYTES + 1), SlotKind.Message],
    ["no bytes", new Uint8Array(0), SlotKind.Message],
    ["a part of a buffer", new Uint8Array(8).subarray(1), SlotKind.Message],
    ["shared bytes", new Uint8Array(new SharedArrayBuffer(2)), SlotKind.Message],
    ["a bigint", 1n, SlotKind.Message],
    ["a symbol", Symbol.iterator, SlotKind.Message],
    ["an object", {}, SlotKind.Message],
    ["another typed array", new Int8Array(2), SlotKind.Message],
  ])("or in a message: %s", (_, value, kind) => {
    expect(slotKindOf(value)).toBe(kind);
  });

  test("of an heir of Uint8Array is what its buffer holds, whatever its length says", () => {
    const { argument } = Ring.create();
    const bytes = Bytes.of(1, 2, 3);
    expect(slotKindOf(bytes)).toBe(SlotKind.Bytes);
    putSlotValue(argument, 0, SlotKind.Bytes, bytes);
    expect(takeSlotValue(argument, 0, SlotKind.Bytes)).toStrictEqual(Uint8Array.of(1, 2, 3));
  });
});
