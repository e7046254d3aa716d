import { describe, expect, test } from "@jest/globals";
import {
  ALL_COMPLETED,
  AsyncExecutor,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  InlineExecutor,
  wait,
  type Future,
} from "../../src/index.js";
import { createFuture } from "../../src/testing.js";
import { byNextTurn } from "../support/by-next-turn.js";
import { fiveFutures } from "../support/five-futures.js";
import "../support/future-identity.js";

describe("the result", () => {
  test("[E1] [E19] is a pair of sets that hold the futures themselves", async () => {
    const { finished, pending } = fiveFutures();
    const { done, notDone } = await wait([finished.future, pending.future], { timeoutMs: 0 });
    expect(done).toBeInstanceOf(Set);
    expect(notDone).toBeInstanceOf(Set);
    expect([done.size, notDone.size]).toEqual([1, 1]);
    expect(done.has(finished.future)).toBe(true);
    expect(notDone.has(pending.future)).toBe(true);
  });

  test("[E2] holds a future once, however often it was given", async () => {
    const { finished } = fiveFutures();
    const { done } = await wait([finished.future, finished.future]);
    expect(done.size).toBe(1);
  });

  test("[E20] keeps the order of the input, not of the ends", async () => {
    const deferreds = [0, 1, 2, 3, 4].map(() => createFuture<number>());
    const futures = deferreds.map(({ future }) => future);
    const waiting = wait(futures, { timeoutMs: 20 });
    for (const index of [4, 0, 2]) deferreds[index]?.resolve(index);
    const { done, notDone } = await waiting;
    expect([...done].map((future) => futures.indexOf(future))).toEqual([0, 2, 4]);
    expect([...notDone].map((future) => futures.indexOf(future))).toEqual([1, 3]);
  });

  test("[E13] for no futures is two empty sets at once", async () => {
    for (const returnWhen of [ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION] as const) {
      const sets = await byNextTurn(wait([], { returnWhen }));
      expect(sets).toEqual({ done: new Set(), notDone: new Set() });
    }
  });
});

describe("the input", () => {
  test("[E3] is any iterable, read once and at the call", async () => {
    const { finished, failed } = fiveFutures();
    let reads = 0;
    function* futures() {
      reads += 1;
      yield finished.future;
      yield failed.future;
    }
    const waiting = wait(futures());
    expect(reads).toBe(1);
    expect((await waiting).done.size).toBe(2);
    expect((await wait(new Set([finished.future]))).done.size).toBe(1);
    expect((await wait(new Map([[finished.future, "code"]]).keys())).done.size).toBe(1);
  });

  test("[E3] mixes futures of several executors", async () => {
    await using first = new AsyncExecutor({ maxWorkers: 1 });
    await using second = new InlineExecutor();
    const own = createFuture<number>();
    const futures = [
      first.submit(async () => 1),
      second.submit(() => 2),
      second.submit(async () => 3),
      own.future,
    ];
    own.resolve(4);
    const { done } = await wait(futures);
    expect(done).toEqual(new Set(futures));
    expect(await Promise.all(futures.map((future) => future.result()))).toEqual([1, 2, 3, 4]);
  });

  test.each([
    ["nothing", undefined],
    ["a future alone", createFuture().future],
    ["a string", "futures"],
    ["promises", [Promise.resolve(1)]],
    ["a map", new Map([[createFuture().future, 1]])],
  ])("must be futures: %s is a TypeError at the call", (_name, input) => {
    expect(() => wait(input as Iterable<Future<unknown>>)).toThrow(TypeError);
  });
});

describe("ALL_COMPLETED", () => {
  test("[E4] is the default and waits for values, errors and cancels alike", async () => {
    const five = fiveFutures();
    const third = createFuture<number>();
    const futures = [five.pending, five.running, five.cancelled, five.failed, five.finished, third];
    const waiting = wait(futures.map(({ future }) => future));
    five.pending.future.cancel();
    five.running.reject(new Error("no"));
    expect(await byNextTurn(waiting)).toBeUndefined();
    third.resolve(1);
    const { done, notDone } = await waiting;
    expect([done.size, notDone.size]).toEqual([6, 0]);
  });

  test("[E15] misses none of 100 calls that end together", async () => {
    await using executor = new AsyncExecutor({ maxWorkers: 100 });
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const futures = Array.from({ length: 100 }, () => executor.submit(() => gate));
    const waiting = wait(futures, { returnWhen: ALL_COMPLETED });
    await new Promise(setImmediate);
    open();
    expect((await waiting).done.size).toBe(100);
  });

  test("[E16] counts a cancelled future as done, whether or not anybody skipped its work", async () => {
    const { cancelled } = fiveFutures();
    const sets = await byNextTurn(wait([cancelled.future]));
    expect(sets?.done.has(cancelled.future)).toBe(true);
  });
});

describe("FIRST_COMPLETED", () => {
  test.each(["resolve", "reject", "cancel"] as const)(
    "[E5] returns when one ends by %s; the rest is not done",
    async (end) => {
      const first = createFuture<number>();
      const second = createFuture<number>();
      const waiting = wait([first.future, second.future], { returnWhen: "FIRST_COMPLETED" });
      expect(await byNextTurn(waiting)).toBeUndefined();
      if (end === "cancel") second.future.cancel();
      else second[end](1);
      const { done, notDone } = await waiting;
      expect(done).toEqual(new Set([second.future]));
      expect(notDone).toEqual(new Set([first.future]));
    },
  );

  test("[E6] returns at once with all that are done already", async () => {
    const { pending, cancelled, finished } = fiveFutures();
    const sets = await byNextTurn(
      wait([pending.future, cancelled.future, finished.future], { returnWhen: FIRST_COMPLETED }),
    );
    expect(sets).toEqual({
      done: new Set([cancelled.future, finished.future]),
      notDone: new Set([pending.future]),
    });
  });

  test("[E21] has all that ended in the same moment in done", async () => {
    const [first, second, third] = [0, 1, 2].map(() => createFuture<number>());
    const futures = [first, second, third].flatMap((one) => (one ? [one.future] : []));
    const waiting = wait(futures, { returnWhen: FIRST_COMPLETED });
    first?.resolve(1);
    third?.reject(new Error("no"));
    const { done, notDone } = await waiting;
    expect([...done].map((one) => futures.indexOf(one))).toEqual([0, 2]);
    expect([...notDone].map((one) => futures.indexOf(one))).toEqual([1]);
  });
});

describe("FIRST_EXCEPTION", () => {
  const returnWhen = FIRST_EXCEPTION;

  test.each([new Error("no"), undefined, 0])(
    "[E7] returns at the first error, and earlier successes are done: %p",
    async (error) => {
      const good = createFuture<number>();
      const bad = createFuture<number>();
      const never = createFuture<number>();
      const waiting = wait([good.future, bad.future, never.future], { returnWhen });
      good.resolve(1);
      expect(await byNextTurn(waiting)).toBeUndefined();
      bad.reject(error);
      const { done, notDone } = await waiting;
      expect(done).toEqual(new Set([good.future, bad.future]));
      expect(notDone).toEqual(new Set([never.future]));
    },
  );

  test.each([new Error("no"), undefined, null, 0, ""])(
    "[E8] returns at once when one has failed already: %p",
    async (error) => {
      const bad = createFuture<number>();
      bad.reject(error);
      const { pending } = fiveFutures();
      const sets = await byNextTurn(wait([pending.future, bad.future], { returnWhen }));
      expect(sets).toEqual({ done: new Set([bad.future]), notDone: new Set([pending.future]) });
    },
  );

  test("[E9] waits for all when nothing fails", async () => {
    const deferreds = [0, 1, 2].map(() => createFuture<number>());
    const waiting = wait(
      deferreds.map(({ future }) => future),
      { returnWhen },
    );
    deferreds[0]?.resolve(0);
    deferreds[1]?.resolve(1);
    expect(await byNextTurn(waiting)).toBeUndefined();
    deferreds[2]?.resolve(2);
    expect((await waiting).done.size).toBe(3);
  });

  test("[E10] is not ended by successes and cancels that were there before", async () => {
    const { cancelled, finished, running } = fiveFutures();
    const waiting = wait([cancelled.future, finished.future, running.future], { returnWhen });
    expect(await byNextTurn(waiting)).toBeUndefined();
    running.resolve(1);
    expect((await waiting).done.size).toBe(3);
  });
});
