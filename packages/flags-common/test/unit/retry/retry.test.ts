import { describe, expect, test } from "@jest/globals";
import type { Failure } from "../../../src/fetch/flag-result.js";
import { retryAfterMs } from "../../../src/fetch/retry-after.js";
import { backoffMs } from "../../../src/retry/backoff.js";
import { CircuitBreaker } from "../../../src/retry/circuit-breaker.js";
import { isWorthRetrying } from "../../../src/retry/is-worth-retrying.js";
import { RetryBudget } from "../../../src/retry/retry-budget.js";

const failure = (code: Failure["code"], httpStatus?: number): Failure => ({
  status: "error",
  code,
  reason: "",
  ...(httpStatus === undefined ? {} : { httpStatus }),
});

describe("retryAfterMs", () => {
  const now = Date.UTC(2030, 0, 1, 12);

  test.each([
    ["0", 0],
    ["120", 120_000],
    [" 3 ", 3000],
    ["Tue, 01 Jan 2030 12:00:05 GMT", 5000],
    ["Tuesday, 01-Jan-30 12:00:05 GMT", 5000],
    ["Tue Jan  1 12:00:05 2030 GMT", 5000],
    ["Mon, 31 Dec 2029 00:00:00 GMT", 0],
    ["soon", undefined],
    ["1.5", undefined],
    ["-1", undefined],
    ["2030", 2_030_000],
    ["2030-01-01T12:00:05Z", undefined],
    [undefined, undefined],
  ])("%j is %j", (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });
});

describe("backoffMs", () => {
  test("is any time below a limit that doubles, up to ten seconds", () => {
    const limits = [1, 2, 3, 6, 7, 30].map((tries) => backoffMs(tries, undefined, () => 1));
    expect(limits).toEqual([200, 400, 800, 6400, 10_000, 10_000]);
    expect(backoffMs(3, undefined, () => 0)).toBe(0);
    expect(backoffMs(3, undefined, () => 0.5)).toBe(400);
  });

  test("is never earlier than the server said, and gives up when it wants more than a minute", () => {
    expect(backoffMs(1, 5000, () => 0)).toBe(5000);
    expect(backoffMs(1, 60_000, () => 0.5)).toBe(60_100);
    expect(backoffMs(1, 60_001, () => 0)).toBeUndefined();
  });
});

describe("isWorthRetrying", () => {
  test.each([408, 425, 429, 500, 501, 502, 503, 504, 599])("status %d is", (status) => {
    expect(isWorthRetrying(failure("HTTP_STATUS", status))).toBe(true);
  });

  test.each([204, 304, 400, 401, 403, 410, 416, 418, 600])("status %d is not", (status) => {
    expect(isWorthRetrying(failure("HTTP_STATUS", status))).toBe(false);
  });

  test.each(["REFUSED", "RESET", "TIMEOUT", "TRUNCATED", "BAD_RESPONSE"] as const)(
    "%s is",
    (code) => {
      expect(isWorthRetrying(failure(code))).toBe(true);
    },
  );

  test.each([
    "INTERRUPTED",
    "REDIRECT",
    "TOO_LARGE",
    "NOT_A_GIF",
    "CHECKSUM",
    "CANNOT_SAVE",
  ] as const)("%s is not", (code) => {
    expect(isWorthRetrying(failure(code))).toBe(false);
  });
});

describe("RetryBudget", () => {
  test("has so many retries, and says when there were too few", () => {
    const budget = new RetryBudget(40, 50);
    const taken = Array.from({ length: 23 }, () => budget.take());
    expect(taken.filter(Boolean)).toHaveLength(20);
    expect(budget.note).toBe("the retry budget of 20 is used up: 3 retries were not made");
  });

  test("has some for small runs", () => {
    const budget = new RetryBudget(1, 0);
    expect(Array.from({ length: 10 }, () => budget.take())).not.toContain(false);
    expect(budget.note).toBeUndefined();
  });
});

describe("CircuitBreaker", () => {
  const { signal } = new AbortController();

  function openBreaker(delaysMs: number[], stop: AbortSignal = signal): CircuitBreaker {
    const breaker = new CircuitBreaker(stop, delaysMs);
    for (let failures = 0; failures < 5; failures += 1) breaker.record("request", false);
    return breaker;
  }

  test("stays closed below five failures in a row", async () => {
    const breaker = new CircuitBreaker(signal);
    for (let round = 0; round < 3; round += 1) {
      for (let failures = 0; failures < 4; failures += 1) breaker.record("request", false);
      breaker.record("request", true);
    }
    expect(breaker.isOpen).toBe(false);
    expect(await breaker.pass()).toBe("request");
  });

  test("lets one probe through at a time, and everybody when it is answered", async () => {
    const breaker = openBreaker([1, 1]);
    expect(breaker.isOpen).toBe(true);
    const passes: string[] = [];
    const waiting = Array.from({ length: 3 }, async () => passes.push(await breaker.pass()));
    await Promise.race(waiting);
    expect(passes).toEqual(["probe"]);
    breaker.record("probe", true);
    await Promise.all(waiting);
    expect(passes).toEqual(["probe", "request", "request"]);
    expect(breaker.isOpen).toBe(false);
  });

  test("gives up after the last probe", async () => {
    const breaker = openBreaker([1, 1]);
    expect(await breaker.pass()).toBe("probe");
    breaker.record("probe", false);
    expect(await breaker.pass()).toBe("probe");
    const waiting = breaker.pass();
    breaker.record("probe", false);
    expect(await waiting).toBe("stop");
    expect(breaker.gaveUp).toBe(true);
    expect(await breaker.pass()).toBe("stop");
  });

  test("an answer to an older request closes it as well", async () => {
    const breaker = openBreaker([60_000]);
    const waiting = breaker.pass();
    breaker.record("request", true);
    expect(await waiting).toBe("request");
  });

  test("stops waiting when the run stops", async () => {
    const run = new AbortController();
    const breaker = openBreaker([60_000], run.signal);
    const waiting = breaker.pass();
    run.abort();
    expect(await waiting).toBe("stop");
  });
});
