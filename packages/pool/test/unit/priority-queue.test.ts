import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { PriorityQueue } from "../../src/internal/priority-queue.js";

/** What a PriorityQueue does, of which there is a second, plainer one below. */
interface Queue extends Iterable<number> {
  readonly size: number;
  push(id: number, priority: number): () => boolean;
  shift(): number | undefined;
}

/** The same queue without any cleverness. */
class PlainQueue implements Queue {
  #entries: { id: number; priority: number }[] = [];

  get size(): number {
    return this.#entries.length;
  }

  push(id: number, priority: number): () => boolean {
    // A stable sort: equal priorities stay in the order of arrival.
    this.#entries = [...this.#entries, { id, priority }].sort((a, b) => b.priority - a.priority);
    return () => {
      const before = this.size;
      this.#entries = this.#entries.filter((entry) => entry.id !== id);
      return this.size < before;
    };
  }

  shift(): number | undefined {
    return this.#entries.shift()?.id;
  }

  [Symbol.iterator](): Iterator<number> {
    return this.#entries.map(({ id }) => id).values();
  }
}

/** The queue, with the way out of it bound to each entry. */
class Leavable implements Queue {
  readonly #queue = new PriorityQueue<number>();

  get size(): number {
    return this.#queue.size;
  }

  push(id: number, priority: number): () => boolean {
    const entry = this.#queue.push(id, priority);
    return () => this.#queue.remove(entry, priority);
  }

  shift(): number | undefined {
    // What comes next can be looked at before it is taken.
    const next = this.#queue.peek();
    const taken = this.#queue.shift();
    if (taken !== next) throw new Error(`peek() gave ${next}, and shift() ${taken}`);
    return taken;
  }

  [Symbol.iterator](): Iterator<number> {
    return this.#queue[Symbol.iterator]();
  }
}

type Step = { push: number } | { leave: number } | "shift";

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      push: fc.oneof(
        fc.constantFrom(0, -0, 1, -1, 2),
        fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }),
      ),
    }),
  },
  fc.record({ leave: fc.nat(40) }),
  fc.constant("shift" as const),
);

/** Takes the steps, and writes down all that can be seen of the queue after each. */
function transcript(queue: Queue, steps: readonly Step[]): unknown[] {
  const leavers: (() => boolean)[] = [];
  return steps.map((one) => {
    let answer: unknown;
    if (one === "shift") answer = queue.shift();
    else if ("push" in one) leavers.push(queue.push(leavers.length, one.push));
    else answer = leavers[one.leave]?.();
    return { answer, size: queue.size, order: [...queue] };
  });
}

test("keeps order, size and places like a plain one, whatever is pushed, shifted and taken out", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      expect(transcript(new Leavable(), steps)).toEqual(transcript(new PlainQueue(), steps));
    }),
    { numRuns: 500 },
  );
});

test("holds values that look like nothing", () => {
  const queue = new PriorityQueue<unknown>();
  for (const value of [undefined, null, 0, ""]) queue.push(value, 0);
  expect(queue.size).toBe(4);
  expect([queue.shift(), queue.shift(), queue.shift(), queue.shift()]).toEqual([
    undefined,
    null,
    0,
    "",
  ]);
  expect(queue.size).toBe(0);
});

test("[B17] is empty after 10 000 entries have left from the middle, and goes on", () => {
  const queue = new Leavable();
  const leavers = Array.from({ length: 10_000 }, (_, index) => queue.push(index, index % 3));
  const fromTheMiddle = [...leavers.slice(5000), ...leavers.slice(0, 5000).reverse()];
  expect(fromTheMiddle.filter((leave) => !leave())).toEqual([]);
  expect(queue.size).toBe(0);
  expect(queue.shift()).toBeUndefined();
  queue.push(1, 0);
  expect(queue.shift()).toBe(1);
});
