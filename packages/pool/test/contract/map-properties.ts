import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import * as Tasks from "../fixtures/tasks.mjs";
import type { Workbench } from "./workbench.js";

const inputs = fc.array(fc.array(fc.integer(), { maxLength: 12 }), { minLength: 1, maxLength: 4 });

const options = fc.record(
  {
    bufferSize: fc.integer({ min: 1, max: 15 }),
    chunkSize: fc.integer({ min: 1, max: 15 }),
    ordered: fc.boolean(),
  },
  { requiredKeys: [] },
);

/** Which of the inputs are read as async iterables. */
const slow = fc.array(fc.boolean(), { minLength: 4, maxLength: 4 });

/** What map() does with the inputs, by Array.map. */
function sums(lists: readonly number[][]): number[] {
  const length = Math.min(...lists.map((list) => list.length));
  return Array.from({ length }, (_, n) => lists.reduce((sum, list) => sum + (list[n] ?? NaN), 0));
}

async function* slowly(list: readonly number[]): AsyncGenerator<number> {
  for (const item of list) yield item;
}

function sorted(numbers: readonly number[]): number[] {
  return [...numbers].sort((a, b) => a - b);
}

export function describeMapProperties(bench: Workbench): void {
  describe("map() equals Array.map", () => {
    test("[H1] [H2] [H14] [H18] [H31] for any inputs, options and kinds of iterables", async () => {
      const executor = bench.shared(4);
      await fc.assert(
        fc.asyncProperty(inputs, options, slow, async (lists, bound, isSlow) => {
          const iterables = lists.map((list, n) => (isSlow[n] ? slowly(list) : list));
          const results = await executor
            .with(bound)
            .map(Tasks.sumOf, ...iterables)
            .toArray();
          const inOrder = bound.ordered ?? true;
          expect(inOrder ? results : sorted(results)).toEqual(
            inOrder ? sums(lists) : sorted(sums(lists)),
          );
        }),
      );
    });
  });
}
