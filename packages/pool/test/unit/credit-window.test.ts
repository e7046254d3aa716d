import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { CreditWindow } from "../../src/streams/credit-window.js";

/** What happens to a stream, in any order: the sender sends, a message arrives, the reader reads, time goes by. */
const event = fc.oneof(
  { weight: 4, arbitrary: fc.constant("send" as const) },
  { weight: 2, arbitrary: fc.constant("deliver" as const) },
  { weight: 4, arbitrary: fc.constant("read" as const) },
  { weight: 1, arbitrary: fc.constant("tell" as const) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 100 }) },
);

describe("the credit of a stream", () => {
  test("is never exceeded, never taken back, and never runs dry, whatever happens when", () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 400 }),
        fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
        (events, fixed) => {
          let now = 0;
          const window = new CreditWindow(fixed, () => now);
          let known = window.granted;
          let sent = 0;
          let arrived = 0;
          const told: number[] = [];
          const step = (what: (typeof events)[number]): void => {
            const before = window.granted;
            if (typeof what === "number") now += what;
            else if (what === "send" && sent < known) sent += 1;
            else if (what === "deliver") arrived = sent;
            else if (what === "tell") known = Math.max(known, told.shift() ?? 0);
            else if (what === "read") {
              if (window.taken === arrived) window.starve();
              else if (window.take()) told.push(window.granted);
            }
            expect(window.granted).toBeGreaterThanOrEqual(before);
            expect(sent).toBeLessThanOrEqual(window.granted);
            expect(sent - window.taken).toBeLessThanOrEqual(fixed ?? Infinity);
          };
          events.forEach(step);
          // When all messages have arrived and all items are read, the sender may send.
          for (let n = 0; n < 20_000 && window.taken < sent; n += 1) {
            step("deliver");
            step("read");
          }
          while (told.length > 0) step("tell");
          expect(known).toBeGreaterThan(sent);
        },
      ),
    );
  });

  test("grows for a reader who finds nothing and reads fast, and shrinks for a slow one", () => {
    let now = 0;
    const window = new CreditWindow(undefined, () => now);
    const first = window.size;
    for (let n = 0; n < 100_000; n += 1) {
      window.starve();
      window.take();
    }
    expect(window.size).toBeGreaterThan(first * 100);
    for (let n = 0; n < 1_000_000; n += 1) {
      now += 10;
      window.take();
    }
    expect(window.size).toBeLessThanOrEqual(first);
  });
});
