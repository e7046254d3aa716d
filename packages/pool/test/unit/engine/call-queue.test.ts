import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { WorkerCall, type CallHost } from "../../../src/engine/calls/worker-call.js";
import { MapItems } from "../../../src/engine/map/map-items.js";
import { MapWork } from "../../../src/engine/map/map-work.js";
import { CallQueue } from "../../../src/engine/scheduling/call-queue.js";
import { RUN_TIME_BYTES, RunTimes } from "../../../src/engine/shared/run-times.js";

const host: CallHost = {
  carriesContext: false,
  takeBack: () => true,
  stop: () => undefined,
  block: () => undefined,
  ended: () => undefined,
};
const listener = { outcomes: () => undefined, allFailed: () => undefined };

/** Calls of task 0 take 10 microseconds; of others nobody knows. */
const times = new RunTimes(new SharedArrayBuffer(RUN_TIME_BYTES));
times.record(0, 10);

const callOf = (id: number, priority = 0): WorkerCall =>
  new WorkerCall(host, 1, [id], { priority });

function mapOf(items: number[], options: { priority?: number; chunkSize?: number } = {}): MapWork {
  const names = { executor: "ThreadPoolExecutor", task: "task", name: "task" };
  return new MapWork(host, 0, options, 1, listener, names, new MapItems(items));
}

/** Takes the next call out; gives its arguments, or the items of a chunk. */
function takeNext(queue: CallQueue): unknown {
  const call = queue.next(times);
  if (call === undefined) return undefined;
  expect(queue.remove(call)).toBe(true);
  const { chunk } = call;
  if (chunk === undefined) return call.args[0];
  return "each" in chunk ? Array.from(chunk.each) : chunk.lists;
}

function takeAll(queue: CallQueue): unknown[] {
  const taken: unknown[] = [];
  for (let one = takeNext(queue); one !== undefined; one = takeNext(queue)) taken.push(one);
  return taken;
}

describe("the queue of calls", () => {
  test("gives them by priority, and within one in their order", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -2, max: 2 }), { maxLength: 40 }), (priorities) => {
        const queue = new CallQueue();
        priorities.forEach((priority, id) => {
          queue.push(callOf(id, priority));
        });
        expect(queue.size).toBe(priorities.length);
        const byPriority = [...priorities.keys()].sort(
          (a, b) => (priorities[b] ?? 0) - (priorities[a] ?? 0) || a - b,
        );
        expect(takeAll(queue)).toEqual(byPriority);
        expect(queue.isEmpty).toBe(true);
      }),
      { numRuns: 100, seed: 2 },
    );
  });

  test("gives the same call until it is taken out, and takes each out once", () => {
    const queue = new CallQueue();
    const [first, second] = [callOf(1), callOf(2)];
    queue.push(first);
    queue.push(second);
    expect(queue.next(times)).toBe(first);
    expect(queue.next(times)).toBe(first);
    expect(queue.remove(first)).toBe(true);
    expect(queue.remove(first)).toBe(false);
    expect(queue.remove(callOf(3))).toBe(false);
    expect(queue.next(times)).toBe(second);
  });

  test("puts calls back where they stood", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 1, maxLength: 20 }),
        fc.nat(),
        fc.infiniteStream(fc.nat()),
        (priorities, count, shuffle) => {
          const queue = new CallQueue();
          priorities.forEach((priority, id) => {
            queue.push(callOf(id, priority));
          });
          const before = queue.calls.map(({ args }) => args[0]);
          const taken: WorkerCall[] = [];
          for (let n = count % (priorities.length + 1); n > 0; n -= 1) {
            const call = queue.next(times);
            if (call === undefined) break;
            queue.remove(call);
            taken.splice((shuffle.next().value ?? 0) % (taken.length + 1), 0, call);
          }
          queue.putBack(taken);
          expect(takeAll(queue)).toEqual(before);
        },
      ),
      { numRuns: 200, seed: 4 },
    );
  });

  test("cuts a map into chunks as they are asked for, and counts its items", () => {
    const queue = new CallQueue();
    queue.push(callOf(100));
    const work = mapOf([1, 2, 3, 4, 5], { chunkSize: 2 });
    queue.pushMap(work);
    queue.push(callOf(101));
    expect({ size: queue.size, entries: queue.entries }).toEqual({ size: 7, entries: 3 });
    expect(queue.maps).toEqual([work]);
    expect(takeAll(queue)).toEqual([100, [1, 2], [3, 4], 5, 101]);
    expect({ size: queue.size, maps: queue.maps }).toEqual({ size: 0, maps: [] });
  });

  test("has a map once, and again when items come after it was used up", () => {
    const queue = new CallQueue();
    const items = new MapItems([]);
    const names = { executor: "ThreadPoolExecutor", task: "task", name: "task" };
    const work = new MapWork(host, 0, { chunkSize: 8 }, 1, listener, names, items);
    items.add([1]);
    queue.pushMap(work);
    items.add([2]);
    queue.pushMap(work);
    expect(queue.entries).toBe(1);
    expect(takeAll(queue)).toEqual([[1, 2]]);
    items.add([3]);
    queue.pushMap(work);
    expect(takeAll(queue)).toEqual([3]);
  });

  test("passes over a map whose items were cancelled meanwhile", () => {
    const queue = new CallQueue();
    const work = mapOf([1, 2, 3]);
    queue.pushMap(work);
    queue.push(callOf(7));
    expect(work.cancel()).toBe(3);
    expect(queue.size).toBe(1);
    expect(takeAll(queue)).toEqual([7]);
  });

  test("puts a chunk that is given back before the rest of its map", () => {
    const queue = new CallQueue();
    queue.pushMap(mapOf([1, 2, 3, 4], { chunkSize: 2 }));
    const chunk = queue.next(times);
    if (chunk === undefined) throw new Error("there is a chunk");
    queue.remove(chunk);
    expect(queue.next(times)).not.toBe(chunk);
    queue.putBack([chunk]);
    expect(takeAll(queue)).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  test("lets what is more urgent come before the rest of a map", () => {
    const queue = new CallQueue();
    queue.pushMap(mapOf([1, 2, 3, 4], { chunkSize: 2 }));
    expect(takeNext(queue)).toEqual([1, 2]);
    queue.push(callOf(9, 1));
    expect(takeAll(queue)).toEqual([9, [3, 4]]);
  });
});
