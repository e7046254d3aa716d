import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import * as Tasks from "../fixtures/process-tasks.mjs";
import { ProcessBench } from "../support/bench.js";

const MEGABYTE = 2 ** 20;

/** Bytes that differ from place to place and from seed to seed. */
function pattern(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 1) bytes[at] = (at * 7 + seed + (at >> 16)) & 0xff;
  return bytes;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

describe("between processes", () => {
  const bench = new ProcessBench();

  test.each<[string, () => Uint8Array]>([
    ["no bytes", () => new Uint8Array(0)],
    ["a byte", () => Uint8Array.of(7)],
    ["a megabyte", () => pattern(MEGABYTE, 1)],
    ["a Buffer", () => Buffer.from(pattern(MEGABYTE, 2).buffer)],
    ["a Buffer of Node's pool", () => Buffer.from("pool")],
    ["a part of more", () => pattern(1000, 3).subarray(10, 20)],
    ["a part from the beginning", () => pattern(1000, 4).subarray(0, 20)],
  ])("[O14] [O20] %s arrive as structured clone would copy them", async (_what, make) => {
    const executor = bench.shared();
    const bytes = make();
    const cloned = structuredClone(bytes);
    const result = (await executor.run(Tasks.echo, bytes)) as Uint8Array;
    expect(Object.getPrototypeOf(result)).toBe(Uint8Array.prototype);
    expect(isSame(result, cloned)).toBe(true);
    expect(result.byteOffset).toBe(cloned.byteOffset);
    expect(result.buffer.byteLength).toBe(cloned.buffer.byteLength);
    expect(result.buffer).not.toBe(bytes.buffer);
  });

  test("[O20] bytes that have been moved away fail their own call", async () => {
    const executor = bench.shared();
    const bytes = Uint8Array.of(1, 2, 3);
    structuredClone(bytes, { transfer: [bytes.buffer] });
    expect(await executor.submit(Tasks.echo, bytes).exception()).toMatchObject({
      phase: "arguments",
    });
    expect(await executor.run(Tasks.echo, "next")).toBe("next");
  });

  test("[O20] many large values at once keep apart, both ways and beside small ones", async () => {
    const executor = bench.executor({ maxWorkers: 2, concurrencyPerWorker: 4 });
    const sent = Array.from({ length: 24 }, (_, n) => pattern((n % 5) * 700_001 + 1, n));
    for (let round = 0; round < 2; round += 1) {
      const results = sent.map((bytes) => executor.run(Tasks.echo, bytes) as Promise<Uint8Array>);
      const small = sent.map((_, n) => executor.run(Tasks.echo, n));
      const same = (await Promise.all(results)).map((bytes, n) =>
        isSame(bytes, sent[n] ?? new Uint8Array(0)),
      );
      expect(same).toEqual(sent.map(() => true));
      expect(await Promise.all(small)).toEqual([...sent.keys()]);
    }
  });

  test("[O20] what is written into bytes after they were sent does not arrive", async () => {
    const executor = bench.shared();
    await executor.run(Tasks.echo, 1);
    const bytes = pattern(8 * MEGABYTE, 5);
    const before = bytes.slice();
    const result = executor.run(Tasks.echo, bytes);
    await nextTurn();
    bytes.fill(0);
    expect(isSame((await result) as Uint8Array, before)).toBe(true);
  });

  test("[O14] numbers of all kinds arrive in their order among other values", async () => {
    const executor = bench.shared();
    const numbers = [0, -0, NaN, Infinity, -Infinity, 1.5, -1, 2 ** 53, 2 ** 32, 5e-324];
    const values = numbers.flatMap((n) => [n, n, String(n), { n }, n]);
    const results = await Promise.all(values.map((value) => executor.run(Tasks.echo, value)));
    expect(results).toEqual(values);
    const mapped = await executor.map(Tasks.echo, numbers).toArray();
    expect(mapped).toEqual(numbers);
  });
});
