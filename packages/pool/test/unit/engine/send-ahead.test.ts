import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  byNeed,
  callsToHold,
  callsToRelieve,
  callsToSend,
  callsToSteal,
  evenShare,
  isLong,
  tooFewToWake,
  watchedFrom,
  type NextEntry,
  type Round,
  type WorkerKind,
  type WorkerState,
} from "../../../src/engine/scheduling/send-ahead.js";
import { SLOTS } from "../../../src/engine/shared/tickets.js";
import {
  AHEAD_RECLAIMABLE_US,
  AHEAD_US,
  CHUNKS_AHEAD,
  WAKE_US,
} from "../../../src/engine/tuning.js";

const thread: WorkerKind = { concurrency: 1, takesBackAtOnce: true };
const childProcess: WorkerKind = { concurrency: 1, takesBackAtOnce: false };
const call: NextEntry = { us: 10, isMap: false, isRisky: false };
const idle: WorkerState = {
  closed: false,
  blocked: false,
  held: 0,
  live: 0,
  unseen: 0,
  risky: false,
  holdsLong: false,
};
const toAll: Round = { toIdle: false, share: Infinity, entries: 1_000_000 };
const toIdle: Round = { toIdle: true, share: Infinity, entries: 1_000_000 };

const kinds = fc.record({
  concurrency: fc.integer({ min: 1, max: 64 }),
  takesBackAtOnce: fc.boolean(),
});
/** Run times from a part of a microsecond to a second, and 0 for one that nobody knows. */
const runTimes = fc.oneof(fc.constant(0), fc.double({ min: 0.05, max: 1e6, noNaN: true }));
const entries = fc.record({ us: runTimes, isMap: fc.boolean(), isRisky: fc.boolean() });
const counts = fc.integer({ min: 0, max: SLOTS });
const workers = fc.record({
  closed: fc.boolean(),
  blocked: fc.boolean(),
  held: counts,
  live: counts,
  unseen: counts,
  risky: fc.boolean(),
  holdsLong: fc.boolean(),
});
const rounds = fc.record({
  toIdle: fc.boolean(),
  share: fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.constant(Infinity)),
  entries: fc.integer({ min: 1, max: 100_000 }),
});

/** Calls ahead of those that run. */
const ahead = (next: NextEntry, kind: WorkerKind): number =>
  callsToHold(next, kind) - kind.concurrency;

describe("how far ahead calls are sent", () => {
  test("not at all while nobody knows how long they take, or when they take long", () => {
    for (const kind of [thread, childProcess, { ...thread, concurrency: 7 }]) {
      for (const us of [0, 2001, 1e6]) {
        expect(callsToHold({ ...call, us }, kind)).toBe(kind.concurrency);
      }
    }
  });

  test("four milliseconds of work to a thread, and one to a process", () => {
    expect(callsToHold({ ...call, us: 10 }, thread)).toBe(400);
    expect(callsToHold({ ...call, us: 10 }, childProcess)).toBe(100);
    expect(callsToHold({ ...call, us: 10, isMap: true }, thread)).toBe(CHUNKS_AHEAD);
  });

  test("never more work than may lie there, but for the call that is begun", () => {
    fc.assert(
      fc.property(entries, kinds, (next, kind) => {
        const most = kind.takesBackAtOnce ? AHEAD_RECLAIMABLE_US : AHEAD_US;
        expect(next.isMap ? 0 : ahead(next, kind) * next.us).toBeLessThan(most);
        expect(callsToHold(next, kind)).toBeGreaterThanOrEqual(kind.concurrency);
        expect(ahead(next, kind)).toBeLessThan(SLOTS);
      }),
    );
  });

  test("the longer calls take, the fewer; and never more where it takes a request to have them back", () => {
    fc.assert(
      fc.property(runTimes, runTimes, kinds, (one, other, kind) => {
        const [short, long] = [Math.min(one, other), Math.max(one, other)];
        fc.pre(short > 0);
        const next = { ...call, us: short };
        expect(callsToHold({ ...call, us: long }, kind)).toBeLessThanOrEqual(
          callsToHold(next, kind),
        );
        expect(callsToHold(next, { ...kind, takesBackAtOnce: false })).toBeLessThanOrEqual(
          callsToHold(next, { ...kind, takesBackAtOnce: true }),
        );
      }),
    );
  });

  test("nothing behind a call that is long, or of which nobody knows", () => {
    expect(isLong(0, undefined)).toBe(true);
    expect(isLong(AHEAD_US / 2, undefined)).toBe(false);
    expect(isLong(AHEAD_US / 2 + 1, undefined)).toBe(true);
    // A chunk is long by what all of its calls take.
    expect(isLong(10, AHEAD_US / 10)).toBe(false);
    expect(isLong(10, AHEAD_US / 10 + 1)).toBe(true);
  });
});

describe("who is woken", () => {
  test("nobody for less work than a wake-up takes", () => {
    expect(tooFewToWake({ ...call, us: 1 }, thread)).toBe(WAKE_US);
    expect(tooFewToWake({ ...call, us: WAKE_US / 2 }, thread)).toBe(2);
  });

  test.each<[string, NextEntry, WorkerKind]>([
    ["calls of unknown length", { ...call, us: 0 }, thread],
    ["chunks", { ...call, us: 1, isMap: true }, thread],
    ["calls that run side by side", { ...call, us: 1 }, { ...thread, concurrency: 2 }],
    ["calls that cannot be taken back at once", { ...call, us: 1 }, childProcess],
    ["calls as long as a wake-up", { ...call, us: WAKE_US }, thread],
  ])("somebody for each of %s", (_what, next, kind) => {
    expect(tooFewToWake(next, kind)).toBe(1);
  });

  test("what one worker keeps is done before another one would have woken", () => {
    fc.assert(
      fc.property(entries, kinds, (next, kind) => {
        const few = tooFewToWake(next, kind);
        expect(few).toBeGreaterThanOrEqual(1);
        expect(few > 1 ? few * next.us : 0).toBeLessThanOrEqual(WAKE_US);
      }),
    );
  });

  test("a worker with fewer calls than are moved from it is looked after by nobody", () => {
    expect(watchedFrom(1, true)).toBe(4);
    expect(watchedFrom(5, true)).toBe(2);
    expect(watchedFrom(1, false)).toBe(2);
  });
});

describe("who gets calls in a round", () => {
  test("an idle worker its share, as far as may be sent ahead", () => {
    expect(callsToSend(idle, true, { ...toIdle, share: 30 }, call, thread)).toBe(30);
    expect(callsToSend(idle, true, toIdle, call, thread)).toBe(400);
    expect(callsToSend(idle, true, { ...toIdle, share: 0 }, call, thread)).toBe(1);
  });

  test("a worker at work what is missing, once a quarter of it is", () => {
    const busy = (held: number): WorkerState => ({ ...idle, held });
    expect(callsToSend(busy(301), true, toAll, call, thread)).toBe(0);
    expect(callsToSend(busy(300), true, toAll, call, thread)).toBe(100);
    // All that is left is worth it.
    expect(callsToSend(busy(399), true, { ...toAll, entries: 1 }, call, thread)).toBe(1);
  });

  test("a free place beside calls that wait is filled, however few there are", () => {
    const kind = { ...thread, concurrency: 100 };
    const busy = { ...idle, held: 498 };
    expect(callsToSend(busy, true, toAll, call, kind)).toBe(1);
  });

  test("a worker with a long call gets none behind it", () => {
    const long = { ...idle, held: 1, holdsLong: true };
    expect(callsToSend(long, true, toAll, call, childProcess)).toBe(0);
    expect(callsToSend(long, true, toAll, call, { ...childProcess, concurrency: 3 })).toBe(2);
  });

  test("a stuck one only what another can have the moment it is free", () => {
    const busy = { ...idle, held: 1 };
    expect(callsToSend(busy, false, toAll, call, thread)).toBe(399);
    expect(callsToSend(busy, false, { ...toAll, share: 9 }, call, thread)).toBe(0);
    expect(callsToSend(busy, false, toAll, call, childProcess)).toBe(0);
    expect(callsToSend(busy, false, toAll, call, { ...thread, concurrency: 2 })).toBe(0);
  });

  test("never one that is closed, has broadcasts to run, or belongs to another round", () => {
    fc.assert(
      fc.property(workers, fc.boolean(), rounds, entries, kinds, (worker, getsOn, ...rest) => {
        const [round, next, kind] = rest;
        const sent = callsToSend(worker, getsOn, round, next, kind);
        const isOut = worker.closed || worker.blocked || (worker.held === 0) !== round.toIdle;
        expect(sent).toBeGreaterThanOrEqual(0);
        expect(sent).toBeLessThanOrEqual(isOut ? 0 : SLOTS);
      }),
    );
  });

  test("a call that a worker may die of is alone there", () => {
    fc.assert(
      fc.property(workers, rounds, entries, kinds, (worker, round, next, kind) => {
        const sent = callsToSend(worker, true, round, next, kind);
        const isAlone = worker.held === 0 || !(worker.risky || next.isRisky);
        expect(isAlone || sent === 0).toBe(true);
      }),
    );
  });

  test("nobody more than its slots, its share, and what may be sent ahead", () => {
    fc.assert(
      fc.property(workers, fc.boolean(), rounds, entries, kinds, (worker, getsOn, ...rest) => {
        const [round, next, kind] = rest;
        const sent = callsToSend(worker, getsOn, round, next, kind);
        if (sent === 0) return;
        expect(worker.held + sent).toBeLessThanOrEqual(SLOTS);
        expect(worker.held + sent).toBeLessThanOrEqual(Math.max(1, round.share));
        expect(worker.held + sent).toBeLessThanOrEqual(callsToHold(next, kind));
      }),
    );
  });

  test("even shares are enough for all, and no more than one call too much for each", () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.integer({ min: 1, max: 64 }), (calls, among) => {
        const share = evenShare(calls, among);
        expect(share * among).toBeGreaterThanOrEqual(calls);
        expect((share - 1) * among).toBeLessThan(Math.max(1, calls));
      }),
    );
  });

  test("second places first where calls are begun, and then where there are fewest", () => {
    const [keeps, full, free] = [
      { ...idle, unseen: 1 },
      { ...idle, held: 3 },
      { ...idle, held: 2 },
    ];
    expect([keeps, full, free].sort(byNeed)).toEqual([free, full, keeps]);
  });
});

describe("what is taken back for another worker", () => {
  const with100 = { ...idle, held: 100, live: 100, unseen: 100 };

  test("half of what makes progress, and all that is stuck", () => {
    expect(callsToSteal(with100, true, 1, true)).toBe(50);
    expect(callsToSteal(with100, false, 1, true)).toBe(100);
  });

  test("nothing that is too little to wake somebody for, nor the call that runs", () => {
    expect(callsToSteal(with100, false, 100, true)).toBe(0);
    expect(callsToSteal({ ...idle, live: 1 }, false, 1, true)).toBe(0);
  });

  test("on request only what is stuck", () => {
    expect(callsToSteal(with100, true, 1, false)).toBe(0);
    expect(callsToSteal(with100, false, 1, false)).toBe(100);
    expect(callsToRelieve(with100, true, 4, false)).toBe(0);
    expect(callsToRelieve(with100, false, 4, false)).toBe(50);
  });

  test("for free places as many as there are, or half of what waits", () => {
    expect(callsToRelieve(with100, true, 4, true)).toBe(50);
    expect(callsToRelieve({ ...idle, unseen: 3 }, true, 4, true)).toBe(4);
    expect(callsToRelieve(idle, true, 4, true)).toBe(0);
    expect(callsToRelieve(with100, true, 0, true)).toBe(0);
  });

  test("never more than a worker has", () => {
    fc.assert(
      fc.property(workers, fc.boolean(), counts, fc.boolean(), (worker, getsOn, few, atOnce) => {
        const stolen = callsToSteal(worker, getsOn, few, atOnce);
        expect(stolen).toBeGreaterThanOrEqual(0);
        expect(stolen).toBeLessThanOrEqual(worker.live);
        expect(stolen === 0 || worker.live > few).toBe(true);
      }),
    );
  });
});
