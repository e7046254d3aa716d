import { afterEach, describe, expect, test } from "@jest/globals";
import {
  Lock,
  Queue,
  QueueClosedError,
  SerializationError,
  TimeoutError,
} from "../../src/index.js";
import { endWorkers, startWorker } from "../support/workers.js";
import { errorOf, untilWaiting, waitersOf } from "../support/waiters.js";

afterEach(endWorkers);

describe("Queue, in one thread", () => {
  test("[Q1] gives out what was put in, first in, first out", async () => {
    const queue = new Queue<number>();
    for (let value = 0; value < 1000; value += 1) await queue.put(value);
    expect(queue.size).toBe(1000);
    const got: number[] = [];
    for (let turn = 0; turn < 1000; turn += 1) got.push(await queue.get());
    expect(got).toEqual(Array.from({ length: 1000 }, (_, index) => index));
    expect(queue.size).toBe(0);
  });

  test("[Q2] copies bytes when they are put, also where they have to wait", async () => {
    const queue = new Queue<unknown>({ maxSize: 1 });
    await queue.put("first");
    const bytes = Uint8Array.of(1, 2, 3);
    const moved = Uint8Array.of(4, 5);
    const puts = [queue.put(bytes), queue.put(moved), queue.put("last")];
    bytes.fill(9);
    structuredClone(moved.buffer, { transfer: [moved.buffer] });
    const got: unknown[] = [];
    for (let n = 0; n < 4; n += 1) got.push(await queue.get());
    await Promise.all(puts);
    expect(got).toEqual(["first", Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5), "last"]);
  });

  test("[Q2] refuses bytes whose memory has been moved away, and goes on", async () => {
    const queue = new Queue<unknown>();
    const moved = Uint8Array.of(1);
    structuredClone(moved.buffer, { transfer: [moved.buffer] });
    expect(() => {
      queue.putSync(moved);
    }).toThrow(SerializationError);
    await expect(queue.put(moved)).rejects.toThrow("cannot go through a Queue");
    expect(queue.tryPut(1)).toBe(true);
    expect(queue.getSync()).toBe(1);
  });

  test("[Q2] gives typed arrays with memory of their own, and their memory in common where they had that", async () => {
    const queue = new Queue<unknown>();
    queue.putSync(Float64Array.of(1, 2));
    const { buffer, byteOffset } = queue.getSync() as Float64Array;
    expect([...new Float64Array(buffer)]).toEqual([1, 2]);
    expect(byteOffset).toBe(0);
    const memory = new ArrayBuffer(8);
    queue.putSync([new Uint16Array(memory), new Uint8Array(memory)]);
    const [words, bytes] = (await queue.get()) as [Uint16Array, Uint8Array];
    expect(words.buffer).toBe(bytes.buffer);
  });

  test("[Q2] carries all kinds of values, as copies", async () => {
    const queue = new Queue();
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    const values = [
      0,
      -0,
      Number.NaN,
      1e300,
      true,
      false,
      null,
      undefined,
      "",
      "text \ud800",
      10n,
      [1, { a: new Map([["b", new Set([1])]]) }],
      new Date(5),
      /a/g,
      new Float64Array([1, 2]),
      new Uint8Array([1, 2, 3]),
      new Error("no"),
      cycle,
      new ArrayBuffer(3),
      [undefined],
    ];
    for (const value of values) {
      await queue.put(value);
      expect(await queue.get()).toEqual(value);
    }
    const bytes = new Uint8Array([1, 2, 3]);
    await queue.put(bytes.subarray(1));
    bytes.fill(9);
    expect(await queue.get()).toEqual(new Uint8Array([2, 3]));
  });

  test("[Q3] keeps items whole that go over the end of its memory", async () => {
    const queue = new Queue<Uint8Array>({ maxBytes: 256 });
    for (let length = 0; length < 200; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, index) => index + length);
      queue.putSync(bytes);
      expect(queue.getSync()).toEqual(bytes);
    }
  });

  test("[Q4] who puts into a full queue waits, and nobody comes before him", async () => {
    const queue = new Queue<string>({ maxSize: 1 });
    await queue.put("first");
    expect(queue.tryPut("no")).toBe(false);
    const waits = [queue.put("second"), queue.put("third")];
    await untilWaiting(queue, 2);
    expect(await queue.get()).toBe("first");
    expect(queue.tryPut("no")).toBe(false);
    await waits[0];
    expect(await queue.get()).toBe("second");
    await waits[1];
    expect(await queue.get()).toBe("third");
  });

  test("[Q4] a queue is full when its memory is", async () => {
    const queue = new Queue<Uint8Array>({ maxBytes: 64 });
    await queue.put(new Uint8Array(40));
    expect(queue.tryPut(new Uint8Array(40))).toBe(false);
    const waits = queue.put(new Uint8Array(41));
    await untilWaiting(queue, 1);
    expect((await queue.get()).length).toBe(40);
    await waits;
    expect((await queue.get()).length).toBe(41);
    expect(await errorOf(queue.put(new Uint8Array(100)))).toBeInstanceOf(RangeError);
  });

  test("[Q5] who gets from an empty queue waits, and they are served in order", async () => {
    const queue = new Queue<number>();
    expect(queue.tryGet()).toBeUndefined();
    const gets = [queue.get(), queue.get(), queue.get()];
    await untilWaiting(queue, 3);
    for (const value of [1, 2, 3]) expect(queue.tryPut(value)).toBe(true);
    expect(await Promise.all(gets)).toEqual([1, 2, 3]);
    await queue.put(4);
    expect(queue.tryGet()).toEqual({ value: 4 });
  });

  test("[Q6] a closed queue takes nothing, and gives what is left", async () => {
    const queue = new Queue<number>({ maxSize: 1 });
    await queue.put(1);
    const put = errorOf(queue.put(2));
    await untilWaiting(queue, 1);
    queue.close();
    queue.close();
    expect(queue.closed).toBe(true);
    expect(await put).toBeInstanceOf(QueueClosedError);
    expect(await errorOf(queue.put(3))).toBeInstanceOf(QueueClosedError);
    expect(() => queue.tryPut(3)).toThrow(QueueClosedError);
    expect(await queue.get()).toBe(1);
    expect(await errorOf(queue.get())).toBeInstanceOf(QueueClosedError);
    expect(() => queue.tryGet()).toThrow(QueueClosedError);
    expect(() => queue.getSync()).toThrow(QueueClosedError);
  });

  test("[Q6] close() tells all who wait for items", async () => {
    const queue = new Queue();
    const gets = [queue.get(), queue.get()].map(errorOf);
    await untilWaiting(queue, 2);
    queue.close();
    for (const error of await Promise.all(gets)) expect(error).toBeInstanceOf(QueueClosedError);
  });

  test("[Q7] for await gets until it is closed and empty", async () => {
    const queue = new Queue<number>({ maxSize: 2 });
    const got: number[] = [];
    const loop = (async () => {
      for await (const value of queue) got.push(value);
    })();
    for (let value = 0; value < 10; value += 1) await queue.put(value);
    queue.close();
    await loop;
    expect(got).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("[Q8] who gives up leaves the queue, and takes no item with it", async () => {
    const queue = new Queue<number>({ maxSize: 1 });
    expect(await errorOf(queue.get({ timeoutMs: 1 }))).toBeInstanceOf(TimeoutError);
    expect(() => queue.getSync({ timeoutMs: 1 })).toThrow(TimeoutError);
    const controller = new AbortController();
    const get = errorOf(queue.get({ signal: controller.signal }));
    const next = queue.get();
    await untilWaiting(queue, 2);
    controller.abort("enough");
    expect(await get).toBe("enough");
    await queue.put(1);
    expect(await next).toBe(1);
    await queue.put(2);
    expect(await errorOf(queue.put(3, { timeoutMs: 1 }))).toBeInstanceOf(TimeoutError);
    expect(() => {
      queue.putSync(3, { timeoutMs: 1 });
    }).toThrow(TimeoutError);
    expect([await queue.get(), waitersOf(queue), queue.size]).toEqual([2, 0, 0]);
  });

  test("[Q9] says what cannot go through it", async () => {
    const queue = new Queue();
    expect(await errorOf(queue.put(() => 0))).toBeInstanceOf(SerializationError);
    expect(await errorOf(queue.put(new Lock()))).toBeInstanceOf(SerializationError);
    expect(queue.size).toBe(0);
  });

  test("[Q10] refuses sizes that are none", () => {
    expect(() => new Queue({ maxSize: 0 })).toThrow(RangeError);
    expect(() => new Queue({ maxBytes: 0.5 })).toThrow(RangeError);
    expect(new Queue({ maxSize: 5 }).maxSize).toBe(5);
  });
});

describe("Queue, between threads", () => {
  test("[Q11] no item is lost or doubled between several who put and get, blocking or not", async () => {
    const input = new Queue<number | { value: number }>({ maxSize: 7 });
    const output = new Queue<number>({ maxSize: 5 });
    const workers = await Promise.all([1, 2, 3].map(() => startWorker({ input, output })));
    const puts = workers.slice(0, 2).map((worker, index) =>
      worker.run((kept, from) => {
        for (let value = from; value < 600; value += 2) {
          kept.input.putSync(value % 3 === 0 ? { value } : value);
        }
      }, index),
    );
    const moves = workers[2]?.run(async (kept) => {
      for await (const item of kept.input) {
        await kept.output.put(typeof item === "number" ? item : item.value);
      }
      kept.output.close();
    });
    void Promise.all(puts).then(() => {
      input.close();
    });
    const got: number[] = [];
    for await (const value of output) got.push(value);
    await moves;
    expect(got.sort((one, other) => one - other)).toEqual(
      Array.from({ length: 600 }, (_, index) => index),
    );
  });

  test("[D8] an item or a place that was promised to one who dies is another's", async () => {
    const queue = new Queue<number>({ maxSize: 1 });
    const worker = await startWorker({ queue });
    const lost = errorOf(
      worker.run(async (kept) => {
        const gets = kept.queue.get();
        // It does not come to hear of the item.
        setTimeout(() => {
          for (;;);
        }, 0);
        await gets;
      }),
    );
    await untilWaiting(queue, 1);
    const get = queue.get();
    await untilWaiting(queue, 2);
    await queue.put(1);
    await worker.end();
    await lost;
    expect(await get).toBe(1);
    await queue.put(2);
    const puts = queue.put(3);
    await untilWaiting(queue, 1);
    expect(await queue.get()).toBe(2);
    await puts;
    expect(await queue.get()).toBe(3);
  });
});
