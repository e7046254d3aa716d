import { describe, expect, test } from "@jest/globals";
import { SerializationError } from "../../src/index.js";
import * as Tasks from "../fixtures/thread-tasks.mjs";
import { letGo, sharedCells, ThreadBench, whenBegun } from "../support/bench.js";

describe("with({ transfer })", () => {
  const bench = new ThreadBench();

  test("[O16] [G17] moves buffers to the thread: nothing is left of them here", async () => {
    const executor = bench.shared();
    const buffer = new ArrayBuffer(1000);
    const future = executor.with({ transfer: [buffer] }).submit(Tasks.sizeOf, buffer);
    expect(await future.result()).toBe(1000);
    expect(buffer.byteLength).toBe(0);
    const array = new Uint8Array(8);
    expect(await executor.with({ transfer: [array.buffer] }).run(Tasks.fill, array, 1)).toBe(8);
    expect(array.byteLength).toBe(0);
  });

  test("[O16] copies what is not named", async () => {
    const executor = bench.shared();
    const buffer = new ArrayBuffer(1000);
    expect(await executor.run(Tasks.sizeOf, buffer)).toBe(1000);
    expect(buffer.byteLength).toBe(1000);
  });

  test("[O16] leaves the buffers of a call that was cancelled while it waited", async () => {
    const executor = bench.shared();
    const gate = sharedCells(2);
    const blocker = executor.submit(Tasks.waitFor, gate);
    await whenBegun(gate);
    const buffer = new ArrayBuffer(10);
    const future = executor.with({ transfer: [buffer] }).submit(Tasks.sizeOf, buffer);
    expect(future.cancel()).toBe(true);
    letGo(gate);
    await blocker.result();
    expect(await executor.run(Tasks.sameValue, 1)).toBe(1);
    expect(buffer.byteLength).toBe(10);
  });

  test.each([
    ["is no such object", {}],
    ["cannot be moved", new SharedArrayBuffer(8)],
  ])("[O16] of what %s fails that call only, and the thread goes on", async (_why, object) => {
    const executor = bench.shared();
    const { worker } = await executor.run(Tasks.whereAmI);
    const bad = executor.with({ transfer: [object] }).submit(Tasks.sameValue, object);
    const good = executor.submit(Tasks.whereAmI);
    expect(await bad.exception()).toBeInstanceOf(SerializationError);
    expect(await good.result()).toMatchObject({ worker });
  });

  test("[O16] of the same buffer twice fails the second call", async () => {
    const executor = bench.shared();
    const buffer = new ArrayBuffer(10);
    const bound = executor.with({ transfer: [buffer] });
    const futures = [bound.submit(Tasks.sizeOf, buffer), bound.submit(Tasks.sizeOf, buffer)];
    expect(await futures[0]?.result()).toBe(10);
    expect(await futures[1]?.exception()).toBeInstanceOf(SerializationError);
    expect(await executor.run(Tasks.sameValue, "next")).toBe("next");
  });
});

describe("move()", () => {
  const bench = new ThreadBench();

  test("[O16] moves a result to the caller: nothing is left of it in the thread", async () => {
    const executor = bench.shared();
    expect(await executor.run(Tasks.bytes, 1000)).toEqual(new Uint8Array(1000).fill(7));
    expect(await executor.run(Tasks.transferAway, 500)).toEqual({ buffer: new ArrayBuffer(500) });
    expect(await executor.run(Tasks.transferAway)).toBe(0);
  });

  test("[O16] moves the results of a map", async () => {
    const executor = bench.shared();
    const sizes = [1, 2, 3, 4];
    const results = await executor.with({ chunkSize: 2 }).map(Tasks.bytes, sizes).toArray();
    expect(results.map(({ length }) => length)).toEqual(sizes);
    await executor.with({ chunkSize: 1 }).map(Tasks.transferAway, [8]).toArray();
    expect(await executor.run(Tasks.transferAway)).toBe(0);
    const chunk = executor.with({ chunkSize: 2 }).map(Tasks.transferAway, [8, 16]);
    expect(await chunk.toArray()).toHaveLength(2);
    expect(await executor.run(Tasks.transferAway)).toBe(0);
  });
});
