import { Worker } from "node:worker_threads";

const script = new URL("../tasks/raw-worker.cjs", import.meta.url);

/** Threads taken in turn, one message per call: what a program without a pool library would write. */
class RawThreads {
  #threads;
  #calls = new Map();
  #nextId = 0;

  constructor(workers) {
    this.#threads = Array.from({ length: workers }, () => this.#spawn());
  }

  #spawn() {
    const thread = new Worker(script);
    thread.on("message", ({ id, value }) => {
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
  create: ({ workers }) => new RawThreads(workers),
};
