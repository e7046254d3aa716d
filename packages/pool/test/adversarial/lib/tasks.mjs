// Tasks that change what they are given, or keep what they give.
import { AsyncLocalStorage } from "node:async_hooks";
import { defineTasks } from "@concur/pool";
import { currentTask } from "@concur/pool/worker";

const storage = new AsyncLocalStorage();
const kept = { list: [1], deep: { more: [1] } };
const thrown = Object.assign(new RangeError("kept"), { details: [1] });
const counter = { deep: { count: [0] } };
const one = { at: [0] };

/** Changes a value of any kind, and says how often that was done to it before. */
function markOf(value) {
  if (value instanceof Map) return bump(value.get("seen"));
  if (value instanceof Set) {
    const before = value.size - 1;
    value.add({});
    return before;
  }
  if (value instanceof Date) {
    const before = value.getTime();
    value.setTime(before + 1);
    return before;
  }
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    bytes[0] += 1;
    return bytes[0] - 1;
  }
  if (value instanceof Error) {
    const before = value.message.length - "shared".length;
    value.message += "!";
    return before;
  }
  if (Array.isArray(value)) return bump(value[0]);
  if (value.a !== undefined) return bump(value.a.b.c);
  value.seen += 1;
  return bump(value.list);
}

function bump(list) {
  list.push("mark");
  return list.length - 1;
}

export const {
  mark,
  markInside,
  markSecond,
  push,
  inContext,
  visit,
  keptResult,
  resetCounter,
  countDeep,
  throwKept,
  reportOne,
  yieldOne,
} = defineTasks(import.meta.url, {
  mark: (value) => markOf(value),
  markInside: ({ value }) => markOf(value),
  markSecond: (_first, value) => markOf(value),
  push: (list) => list.push("mark"),
  inContext: (store, run) => storage.run(store, run),
  visit() {
    const store = storage.getStore();
    store.seen.push(1);
    store.user.visits += 1;
    return store.user.visits === store.seen.length ? store.user.visits : "torn";
  },
  keptResult: () => kept,
  resetCounter() {
    counter.deep.count[0] = 0;
  },
  countDeep() {
    counter.deep.count[0] += 1;
    return counter;
  },
  throwKept() {
    throw thrown;
  },
  reportOne(times) {
    for (one.at[0] = 0; one.at[0] < times; one.at[0] += 1) currentTask().report(one);
  },
  *yieldOne(times) {
    for (one.at[0] = 0; one.at[0] < times; one.at[0] += 1) yield one;
  },
});
