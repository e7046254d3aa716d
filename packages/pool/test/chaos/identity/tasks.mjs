// The tasks of the chaos of identities: each is a function of its arguments alone, which it changes, so what it must give
// can be had by calling it here with a copy of them. A worker may be in the middle of anything.
import { types } from "node:util";
import { defineTasks } from "@concur/pool";
import { currentTask } from "@concur/pool/worker";
import { sleep } from "../../lib/clocks.mjs";

/** Changes all that can be reached, in place. Who changes what another has seen is found out by the number of marks. */
function mark(root) {
  const seen = new Set();
  const left = [root];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    if (types.isMap(value)) {
      left.push(...value.values());
      value.set("marks", (value.get("marks") ?? 0) + 1);
    } else if (types.isSet(value)) {
      value.add(`mark ${value.size}`);
    } else if (ArrayBuffer.isView(value)) {
      const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
      if (bytes.length > 0) bytes[0] += 1;
    } else {
      left.push(...Object.values(value));
      if (Array.isArray(value)) value.push("mark");
      else value.marks = (value.marks ?? 0) + 1;
    }
  }
}

/** Says what it saw and what it made of that. */
export function look(args) {
  const saw = structuredClone(args);
  mark(args);
  return { saw, changed: args };
}

/** Takes the values that are functions of the call alone, so that it can be called outside of a task, too. */
function report(value) {
  try {
    currentTask().report(value);
  } catch (error) {
    // Outside of a task there is nobody to tell.
    if (error.code !== "CONCUR_INVALID_STATE") throw error;
  }
}

export const { see, seeLater, seeFirst, sum, fail, failLater, tell, print, give, gather, exit } =
  defineTasks(import.meta.url, {
    see: (...args) => look(args),
    async seeLater(ms, ...args) {
      await sleep(ms);
      return look(args);
    },
    /** Gives a part of what it was given, as short as a value can be. */
    seeFirst: (first) => first,
    sum: (a, b) => a + b,
    fail(...args) {
      throw Object.assign(new RangeError(`failed ${JSON.stringify(args.length)}`), look(args));
    },
    async failLater(ms, ...args) {
      await sleep(ms);
      throw Object.assign(new RangeError("failed later"), look(args));
    },
    async tell(id, count, ...args) {
      for (let n = 0; n < count; n += 1) {
        report({ id, n, ...structuredClone(look(args)) });
        if (n % 3 === 2) await sleep(0);
      }
      return id;
    },
    async print(id, count) {
      for (let n = 0; n < count; n += 1) {
        process.stdout.write(`chaos ${id} ${n}\n`);
        if (n % 4 === 3) await sleep(0);
      }
      return id;
    },
    *give(id, count, ...args) {
      for (let n = 0; n < count; n += 1) yield { id, n, ...structuredClone(look(args)) };
    },
    async gather(id, items) {
      const all = [];
      for await (const item of items) all.push(look([item]));
      return { id, all };
    },
    /** Ends its worker. */
    exit(code) {
      process.exit(code);
    },
  });
