import { expect, test } from "@jest/globals";
import { ThreadPoolExecutor } from "../../src/index.js";
import * as Tasks from "../fixtures/tasks.mjs";

test("[H26] bufferSize counts chunks: so many times chunkSize items are read ahead", async () => {
  await using executor = new ThreadPoolExecutor({ maxWorkers: 1 });
  let taken = 0;
  function* numbers(): Generator<number, void> {
    for (; taken < 20; taken += 1) yield taken;
  }
  const results = executor
    .with({ chunkSize: 3, bufferSize: 2 })
    .map(Tasks.power, numbers(), new Array<number>(20).fill(2));
  // The generator stands at its sixth yield.
  expect(taken).toBe(5);
  expect((await results.next()).value).toBe(0);
  expect(taken).toBe(6);
  expect(await results.toArray()).toHaveLength(19);
});
