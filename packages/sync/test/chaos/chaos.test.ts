import { afterEach, expect, test } from "@jest/globals";
import { Lock, Queue, Semaphore, SharedArray, type Guard } from "../../src/index.js";
import { endWorkers, startWorker, type TestWorker } from "../support/workers.js";
import { errorOf } from "../support/waiters.js";

afterEach(endWorkers);

/** What words of `facts` are; the first is how many are inside. */
const Fact = { Crowds: 1, Count: 2 } as const;

/** Numbers from 0 to 1, always the same for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** What a thread does, as its seed says: takes the lock or a permit, blocking or not, with limits or without, and looks who else has it. */
interface Things {
  lock: Lock;
  semaphore: Semaphore;
  facts: SharedArray<"int32">;
}

async function live(
  { lock, semaphore, facts }: Things,
  seed: number,
  turns: number,
): Promise<number> {
  let state = seed;
  const random = (): number => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
  const words = facts.view;
  const busy = (times: number): void => {
    for (let turn = 0; turn < times; turn += 1) Atomics.load(words, 0);
  };
  let added = 0;
  for (let turn = 0; turn < turns; turn += 1) {
    const choice = random();
    const limits = random() < 0.4 ? { timeoutMs: random() * 3 } : {};
    const target = choice < 0.7 ? lock : semaphore;
    let guard: Guard;
    try {
      if (random() < 0.5) guard = target.acquireSync(limits);
      else {
        const controller = new AbortController();
        if (random() < 0.3)
          setTimeout(() => {
            controller.abort();
          }, random() * 3);
        guard = await target.acquire({ ...limits, signal: controller.signal });
      }
    } catch {
      continue;
    }
    if (target === lock) {
      // One that died inside has not gone out.
      if (guard.abandoned) Atomics.store(words, 0, 0);
      if (Atomics.add(words, 0, 1) !== 0) Atomics.add(words, 1, 1);
      const before = words[2] ?? 0;
      busy(random() * 200);
      words[2] = before + 1;
      added += 1;
      Atomics.sub(words, 0, 1);
    } else {
      busy(random() * 200);
    }
    guard.release();
  }
  return added;
}

test.each([1, 2, 3])(
  "[D12] no two have a lock at once, no count is wrong, and all come to an end, with seed %i",
  async (seed) => {
    const lock = new Lock();
    const semaphore = new Semaphore(2);
    const facts = new SharedArray("int32", 8);
    const workers = await Promise.all(
      [0, 1, 2, 3].map(() => startWorker({ lock, semaphore, facts })),
    );
    const counts = await Promise.all(
      workers.map((worker, index) => worker.run(live, seed * 10 + index, 100)),
    );
    expect(facts.view[Fact.Crowds]).toBe(0);
    expect(facts.view[Fact.Count]).toBe(counts.reduce((sum, count) => sum + count, 0));
    expect([lock.locked, semaphore.value]).toEqual([false, 2]);
  },
);

test.each([1, 2])(
  "[D12] also where threads are killed at any moment, with seed %i",
  async (seed) => {
    const random = seeded(seed);
    const lock = new Lock();
    const semaphore = new Semaphore(2);
    const facts = new SharedArray("int32", 8);
    let workers: TestWorker<Things>[] = await Promise.all(
      [0, 1, 2, 3].map(() => startWorker({ lock, semaphore, facts })),
    );
    let runs = workers.map((worker, index) => worker.run(live, seed * 100 + index, 100_000));
    for (let kill = 0; kill < 6; kill += 1) {
      await new Promise((resolve) => setTimeout(resolve, random() * 30));
      const victim = Math.floor(random() * workers.length);
      const lost = errorOf(runs[victim] ?? Promise.resolve());
      await workers[victim]?.end();
      await lost;
      const fresh = await startWorker({ lock, semaphore, facts });
      workers = workers.map((worker, index) => (index === victim ? fresh : worker));
      runs = runs.map((run, index) =>
        index === victim ? fresh.run(live, seed * 100 + 10 + kill, 100_000) : run,
      );
    }
    const ends = runs.map(errorOf);
    await Promise.all(workers.map((worker) => worker.end()));
    await Promise.all(ends);
    // All are dead, and whatever they had is free.
    const guard = await lock.acquire();
    const permits = [await semaphore.acquire(), await semaphore.acquire()];
    expect(facts.view[Fact.Crowds]).toBe(0);
    expect(semaphore.value).toBe(0);
    for (const one of [guard, ...permits]) one.release();
    expect([lock.locked, semaphore.value]).toEqual([false, 2]);
  },
);

test.each([1, 2])(
  "[D12] a queue loses and doubles nothing when those who get are killed, with seed %i",
  async (seed) => {
    const random = seeded(seed);
    const queue = new Queue<number>({ maxSize: 8 });
    const seen = new SharedArray("int32", 1500);
    const consume = async (kept: {
      queue: Queue<number>;
      seen: SharedArray<"int32">;
    }): Promise<void> => {
      const words = kept.seen.view;
      for await (const value of kept.queue) Atomics.add(words, value, 1);
    };
    let worker = await startWorker({ queue, seen });
    let run = worker.run(consume);
    const steady = await startWorker({ queue, seen });
    const steadyRun = steady.run(consume);
    let kills = 0;
    for (let value = 0; value < 1500; value += 1) {
      await queue.put(value);
      if (random() > 0.004) continue;
      kills += 1;
      const lost = errorOf(run);
      await worker.end();
      await lost;
      worker = await startWorker({ queue, seen });
      run = worker.run(consume);
    }
    queue.close();
    await Promise.all([run, steadyRun]);
    const counts = [...seen.view];
    expect(counts.filter((count) => count > 1)).toEqual([]);
    // What a thread had got, and not yet counted, is gone with it.
    expect(counts.filter((count) => count === 0).length).toBeLessThanOrEqual(kills);
    expect(queue.size).toBe(0);
  },
);
