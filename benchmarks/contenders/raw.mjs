import { Worker } from "node:worker_threads";

const script = new URL("../tasks/raw-worker.cjs", import.meta.url);

/** Items of a stream that may be on their way or unread. */
const STREAM_WINDOW = 1024;

/** Threads taken in turn, one message per call: what a program without a pool library would write. */
class RawThreads {
  #threads;
  #calls = new Map();
  #streams = new Map();
  #nextId = 0;

  constructor(workers) {
    this.#threads = Array.from({ length: workers }, () => this.#spawn());
  }

  #spawn() {
    const thread = new Worker(script);
    thread.on("message", ({ id, value, done }) => {
      if (done !== undefined) {
        this.#streams.get(id)(done, value);
        if (done) this.#streams.delete(id);
        return;
      }
      const { resolve } = this.#calls.get(id);
      this.#calls.delete(id);
      resolve(value);
    });
    return thread;
  }

  #call(name, arg, transfer) {
    const id = this.#nextId++;
    const thread = this.#threads[id % this.#threads.length];
    const result = new Promise((resolve, reject) => this.#calls.set(id, { resolve, reject }));
    if (transfer === undefined) thread.postMessage({ id, name, arg });
    else thread.postMessage({ id, name, arg, moves: true }, transfer);
    return { id, thread, result };
  }

  run(name, arg, transfer) {
    return this.#call(name, arg, transfer).result;
  }

  /** Items as they come, one message each; credit goes back by the half window. */
  async *stream(name, arg) {
    const id = this.#nextId++;
    const thread = this.#threads[id % this.#threads.length];
    let arrived = [];
    let ended = false;
    let wake;
    this.#streams.set(id, (done, value) => {
      if (done) ended = true;
      else arrived.push(value);
      wake?.();
    });
    thread.postMessage({ id, name, arg, credit: STREAM_WINDOW });
    for (let taken = 0; ;) {
      const items = arrived;
      arrived = [];
      for (const item of items) {
        taken += 1;
        if (taken % (STREAM_WINDOW / 2) === 0) {
          thread.postMessage({ id, credit: STREAM_WINDOW / 2 });
        }
        yield item;
      }
      if (arrived.length > 0) continue;
      if (ended) return;
      await new Promise((resolve) => (wake = resolve));
    }
  }

  start(name, arg) {
    const { id, thread, result } = this.#call(name, arg);
    const kill = () => {
      void thread.terminate();
      this.#threads[this.#threads.indexOf(thread)] = this.#spawn();
      this.#calls.get(id).reject(new Error("killed"));
      this.#calls.delete(id);
    };
    return { result, kill };
  }

  close() {
    return Promise.all(this.#threads.map((thread) => thread.terminate()));
  }
}

export default {
  name: "raw postMessage",
  version: process.versions.node,
  kind: "reference",
  streams: true,
  create: ({ workers }) => new RawThreads(workers),
};
