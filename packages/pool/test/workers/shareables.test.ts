import { afterAll, expect, test } from "@jest/globals";
import { importTasks, ProcessPoolExecutor, ThreadPoolExecutor } from "../../src/index.js";

interface Counter {
  add(): number;
}

interface Counters {
  Counter: new () => Counter;
  addTo(counter: Counter): number;
  addDeep(value: unknown, counter: Counter): [number, number, boolean];
}

const url = new URL("../fixtures/shareable-counter.mjs", import.meta.url);
const { Counter } = (await import(url.href)) as Counters;
const tasks = importTasks<Counters>(url);
const executor = new ThreadPoolExecutor({ maxWorkers: 1 });
afterAll(() => executor.shutdown());

test("what threads share arrives as an instance, wherever it is in the arguments, and stays the same", async () => {
  const counter = new Counter();
  expect(await executor.run(tasks.addTo, counter)).toBe(1);
  const value = { list: [counter], map: new Map([["it", counter]]) };
  expect(await executor.run(tasks.addDeep, value, counter)).toEqual([2, 3, true]);
  const mapped = executor.with({ chunkSize: 2 }).map(tasks.addTo, [counter, counter, counter]);
  expect(await mapped.toArray()).toEqual([4, 5, 6]);
  expect(await executor.broadcast(tasks.addTo, counter)).toEqual([7]);
  expect(counter.add()).toBe(8);
});

test("a process is not given it, and the error names it and what to do", async () => {
  const processes = new ProcessPoolExecutor({ maxWorkers: 1 });
  const error: unknown = await processes.submit(tasks.addTo, new Counter()).exception();
  expect(error).toMatchObject({
    code: "CONCUR_NOT_SERIALIZABLE",
    path: "args[0]",
    message: expect.stringMatching(/^args\[0\] is a Counter, .* ThreadPoolExecutor/),
  });
  await processes.shutdown();
});
