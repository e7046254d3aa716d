import { Worker } from "node:worker_threads";

const script = new URL("../tasks/chunks-worker.cjs", import.meta.url);
const CHUNK = 2000;

/** What a careful program writes by hand for one map: chunks of the array, each in a message, to whoever is free. */
function mapByChunks(threads, name, items) {
  const results = new Array(items.length);
  let at = 0;
  let left = Math.ceil(items.length / CHUNK);
  return new Promise((resolve, reject) => {
    const next = (thread) => {
      if (at >= items.length) return;
      thread.postMessage({ name, from: at, items: items.slice(at, at + CHUNK) });
      at += CHUNK;
    };
    for (const thread of threads) {
      thread.on("error", reject);
      thread.on("message", ({ from, values }) => {
        next(thread);
        for (let i = 0; i < values.length; i += 1) results[from + i] = values[i];
        left -= 1;
        if (left === 0) resolve(results);
      });
      // One at work and one on its way.
      next(thread);
      next(thread);
    }
  });
}

export default {
  name: "hand-written chunks",
  version: process.versions.node,
  kind: "reference",
  measures: (caseId) => caseId === "cold-map",
  create({ workers }) {
    const threads = Array.from({ length: workers }, () => new Worker(script));
    return {
      map: (name, items) => mapByChunks(threads, name, items),
      close: () => Promise.all(threads.map((thread) => thread.terminate())),
    };
  },
};
