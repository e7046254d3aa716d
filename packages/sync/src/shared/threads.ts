import { subscribe } from "node:diagnostics_channel";
import { setTimeout } from "node:timers";
import {
  getEnvironmentData,
  isMainThread,
  setEnvironmentData,
  threadId,
  type Worker,
} from "node:worker_threads";
import { isShared } from "./memory.js";
import { Registry } from "./registry.js";

const KEY = "@concur/sync.registry";

/** All registries that were met in this thread; as a rule one, as threads inherit it. */
const registries = new Map<string, Registry>();
/** The threads that this thread has made, and that have not ended. */
const children = new Map<number, Worker>();
const mourners: (() => void)[] = [];
const own = findOwn();

subscribe("worker_threads", (message) => {
  const { worker } = message as { worker: Worker };
  const id = worker.threadId;
  children.set(id, worker);
  for (const registry of registries.values()) registry.tellParent(id, threadId);
  worker.once("online", () => {
    meet(worker, FIRST_MEETING_MS);
  });
  worker.once("exit", () => {
    ended(id);
  });
});

const FIRST_MEETING_MS = 10;
const LONGEST_MEETING_MS = 1000;

/** Asks a thread for its idle time until it has one, so that it can be seen later when the thread is gone. */
function meet(worker: Worker, delayMs: number): void {
  if (worker.threadId === -1 || worker.performance.eventLoopUtilization().active > 0) return;
  setTimeout(() => {
    meet(worker, Math.min(LONGEST_MEETING_MS, delayMs * 2));
  }, delayMs).unref();
}

/** The registry of what is made in this thread. */
export function ownRegistry(): Registry {
  return own;
}

/** The registry of something that came from another thread. */
export function registryAt(memory: SharedArrayBuffer): Registry {
  const found = Registry.at(memory);
  const known = registries.get(found.id);
  if (known !== undefined) return known;
  registries.set(found.id, found);
  found.learnFrom(own);
  return found;
}

/**
 * Looks whether threads that this thread has made are dead. While a thread waits without its event loop nobody tells it: but the
 * idle time of a thread that is gone is negative, if it was asked for before. A thread that never came to its event loop is taken for
 * alive, until the loop of this one tells its end.
 */
export function lookAfterChildren(): void {
  for (const [id, worker] of children) {
    if (worker.performance.eventLoopUtilization().idle < 0) ended(id);
  }
}

/** Is called after each death that this thread gets to know. */
export function onDeath(listener: () => void): void {
  mourners.push(listener);
}

function ended(id: number): void {
  if (!children.delete(id)) return;
  for (const registry of registries.values()) registry.tellDead(id);
  for (const listener of mourners) listener();
}

/** This thread, as it stands in shared memory: never 0. */
export const thisThread = threadId + 1;
/** Whether what waits in this thread keeps it alive: a thread that waits has something to do, a program that only waits has not. */
export const waitsKeepAlive = !isMainThread;

function findOwn(): Registry {
  const inherited = getEnvironmentData(KEY);
  const registry = isShared(inherited) ? Registry.at(inherited) : Registry.create();
  registries.set(registry.id, registry);
  setEnvironmentData(KEY, registry.memory);
  return registry;
}
