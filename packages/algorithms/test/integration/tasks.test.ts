import * as algorithms from "@concur/algorithms";
import { importTasks, ProcessPoolExecutor, ThreadPoolExecutor } from "@concur/pool";
import { afterAll, describe, expect, test } from "@jest/globals";

const tasks = importTasks<typeof algorithms>(import.meta.resolve("@concur/algorithms"));
const KEY = Uint8Array.from(Buffer.from("key"));

describe.each([
  { workers: "threads", Executor: ThreadPoolExecutor },
  { workers: "processes", Executor: ProcessPoolExecutor },
])("as tasks in $workers", ({ Executor }) => {
  const executor = new Executor({ maxWorkers: 2 });

  afterAll(async () => {
    await executor.shutdown();
  });

  test("arcfour, data there and back", async () => {
    const data = algorithms.randomBytes(100_000, 1);
    const cipher = await executor.run(tasks.arcfour, KEY, data, { loops: 3 });
    expect(cipher).toEqual(algorithms.arcfour(KEY, data, { loops: 3 }));
    await expect(executor.run(tasks.arcfour, new Uint8Array(0), data)).rejects.toThrow(
      new RangeError("key must have 1 to 256 bytes, not 0"),
    );
  });

  test("isPrime and isPrimeTrialDivision over many numbers, results in order", async () => {
    const numbers = Array.from({ length: 200 }, (_, index) => 1_000_001 + 2 * index);
    const expected = numbers.map((n) => algorithms.isPrime(n));
    expect(await executor.map(tasks.isPrime, numbers).toArray()).toEqual(expected);
    expect(await executor.map(tasks.isPrimeTrialDivision, numbers).toArray()).toEqual(expected);
    expect(await executor.run(tasks.isPrime, 2n ** 127n - 1n)).toBe(true);
    await expect(executor.run(tasks.isPrime, 0.5)).rejects.toThrow(RangeError);
  });

  test("the sieve, the hash, and the jobs of the book", async () => {
    expect(await executor.run(tasks.countPrimes, 100_000)).toBe(9592);
    expect(await executor.run(tasks.primesUpTo, 30)).toEqual(algorithms.primesUpTo(30));
    expect(await executor.run(tasks.sha256Hex, KEY)).toBe(algorithms.sha256Hex(KEY));
    expect(await executor.run(tasks.shaJob, 1000, 5)).toBe(algorithms.shaJob(1000, 5));
    expect(await executor.run(tasks.arcfourJob, 393_216, KEY)).toBe(393_216);
    expect(await executor.run(tasks.randomBytes, 10, 5)).toEqual(algorithms.randomBytes(10, 5));
  });
});
