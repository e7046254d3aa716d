import { describe, expect, test } from "@jest/globals";
import { AdaptiveLimit } from "../../../src/pace/adaptive-limit.js";
import { AdaptiveRate } from "../../../src/pace/adaptive-rate.js";
import { Pace } from "../../../src/pace/pace.js";

describe("AdaptiveLimit", () => {
  test("doubles each round until the first trouble, then grows by one", () => {
    const limit = new AdaptiveLimit(1000);
    const round = (): number => {
      for (let request = limit.current; request > 0; request -= 1) limit.good();
      return limit.current;
    };
    expect([round(), round(), round()]).toEqual([4, 8, 16]);
    limit.trouble(0, 1);
    expect(limit.current).toBe(8);
    for (let rounds = 0; rounds < 8; rounds += 1) round();
    // One more with each round, less what is lost by growing within a round.
    expect(limit.current).toBeGreaterThanOrEqual(14);
    expect(limit.current).toBeLessThanOrEqual(16);
  });

  test("halves once for all requests of the same time, never below one or above its maximum", () => {
    const limit = new AdaptiveLimit(9);
    for (let request = 0; request < 100; request += 1) limit.good();
    expect(limit.current).toBe(9);
    limit.trouble(0, 10);
    limit.trouble(5, 11);
    expect(limit.current).toBe(4);
    for (let time = 20; time < 30; time += 1) limit.trouble(time, time + 0.5);
    expect(limit.current).toBe(1);
  });
});

describe("AdaptiveRate", () => {
  test("finds the rate of a server that takes so many a second, and stays near it", () => {
    const rate = new AdaptiveRate(0);
    const SERVED_PER_SECOND = 100;
    // A server that fills a bucket of ten, and a client that could send 1000 a second.
    let bucket = 10;
    let dueMs = 0;
    let good = 0;
    let refused = 0;
    for (let nowMs = 0; nowMs < 30_000; nowMs += 1) {
      bucket = Math.min(10, bucket + SERVED_PER_SECOND / 1000);
      if (nowMs < dueMs) continue;
      dueMs += Math.max(1, 1000 / rate.perSecond(nowMs));
      const counts = nowMs > 5000 ? 1 : 0;
      if (bucket >= 1) {
        bucket -= 1;
        good += counts;
        rate.good();
      } else {
        refused += counts;
        rate.complaint(nowMs, nowMs);
      }
    }
    expect(good).toBeGreaterThan(0.9 * 25 * SERVED_PER_SECOND);
    expect(refused).toBeLessThan(0.1 * good);
  });

  test("does not slow down for complaints that come by chance", () => {
    const rate = new AdaptiveRate(0);
    for (let nowMs = 1; nowMs < 60_000; nowMs += 1) {
      if (nowMs % 50 === 0) rate.complaint(nowMs, nowMs);
      else rate.good();
    }
    expect(rate.perSecond(60_000)).toBe(Infinity);
  });
});

describe("Pace", () => {
  const never = new AbortController().signal;

  test("without limits everybody may go at once, and the peak is counted", async () => {
    const pace = new Pace({});
    expect(await Promise.all([1, 2, 3].map(() => pace.enter(never)))).toEqual([true, true, true]);
    pace.leave("good", 0);
    expect(await pace.enter(never)).toBe(true);
    expect(pace.peak).toBe(3);
  });

  test("lets so many go in a second, in the order of asking", async () => {
    const pace = new Pace({ ratePerSecond: 100 });
    const start = performance.now();
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 21 }, async (_, index) => {
        await pace.enter(never);
        order.push(index);
      }),
    );
    // 20 intervals of 10 ms, of which two may be made up for.
    expect(performance.now() - start).toBeGreaterThanOrEqual(179);
    expect(order).toEqual([...order].sort((one, other) => one - other));
  });

  test("holds requests back when the adaptive limit is reached", async () => {
    const pace = new Pace({ adaptiveMax: 100 });
    await pace.enter(never);
    await pace.enter(never);
    let third = false;
    const waiting = pace.enter(never).then(() => {
      third = true;
    });
    await Promise.resolve();
    expect(third).toBe(false);
    pace.leave("other", 0);
    await waiting;
    expect(pace.peak).toBe(2);
  });

  test("a run that stops waits no longer, and others get the place", async () => {
    const run = new AbortController();
    const pace = new Pace({ adaptiveMax: 1, ratePerSecond: 0.001 });
    expect(await pace.enter(never)).toBe(true);
    pace.leave("good", 0);
    const waiting = [pace.enter(run.signal), pace.enter(run.signal)];
    run.abort();
    expect(await Promise.all(waiting)).toEqual([false, false]);
    expect(pace.peak).toBe(1);
  });
});
