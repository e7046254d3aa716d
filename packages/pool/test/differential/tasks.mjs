// Tasks that give back what they were given, and then spoil both their arguments and what they gave.
import { AsyncLocalStorage } from "node:async_hooks";
import { types } from "node:util";
import { defineTasks } from "@concur/pool";
import { currentTask } from "@concur/pool/worker";

const storage = new AsyncLocalStorage();
let given;

/** Changes all that can be reached: whoever shares it sees that. */
function spoil(root) {
  const seen = new Set();
  const left = [root];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    if (types.isMap(value)) {
      left.push(...[...value].flat(1));
      value.clear();
    } else if (types.isSet(value)) {
      left.push(...value);
      value.clear();
    } else if (types.isDate(value)) value.setTime(1);
    else if (ArrayBuffer.isView(value)) {
      left.push(value.buffer);
      continue;
    } else if (types.isArrayBuffer(value)) {
      new Uint8Array(value).fill(0xee);
      continue;
    }
    for (const key of Reflect.ownKeys(value)) {
      if (key === "length" || types.isStringObject(value)) continue;
      left.push(value[key]);
      Reflect.deleteProperty(value, key);
    }
    if (Array.isArray(value)) value.length = 0;
    if (!types.isStringObject(value)) value.spoilt = true;
  }
}

/** Spoils as soon as nobody of this call can look any more. */
function spoilLater(...values) {
  queueMicrotask(() => setImmediate(() => values.forEach(spoil)));
}

export const {
  initialize,
  inContext,
  echo,
  echoAsync,
  copyAndSpoil,
  copyInside,
  second,
  pair,
  fromInitializer,
  fromContext,
  yieldAll,
  collect,
  report,
  throwWith,
} = defineTasks(import.meta.url, {
  initialize(value) {
    given = value;
  },
  inContext: (store, run) => storage.run(store, run),
  echo(value) {
    spoilLater(value);
    return value;
  },
  async echoAsync(value) {
    await null;
    spoilLater(value);
    return value;
  },
  /** Spoils its argument before it returns: only a copy that was its own is still whole in the others. */
  copyAndSpoil(value) {
    const copy = structuredClone(value);
    spoil(value);
    return copy;
  },
  copyInside({ part }) {
    const copy = structuredClone(part);
    spoil(part);
    return copy;
  },
  second(_first, value) {
    return structuredClone(value);
  },
  pair: (one, other) => [one, other],
  fromInitializer: () => given,
  fromContext() {
    const store = storage.getStore();
    const copy = structuredClone(store);
    spoil(store);
    return copy;
  },
  // The values came in one call, and so may share memory; each is made its own before it is spoilt.
  *yieldAll(values) {
    for (const value of values.map((one) => structuredClone(one))) {
      yield value;
      spoil(value);
    }
  },
  async collect(items) {
    const all = [];
    for await (const item of items) {
      all.push(structuredClone(item));
      spoil(item);
    }
    return all;
  },
  report(values) {
    for (const value of values.map((one) => structuredClone(one))) {
      currentTask().report(value);
      spoil(value);
    }
  },
  throwWith(value) {
    throw Object.assign(new RangeError("carries"), { value });
  },
});
