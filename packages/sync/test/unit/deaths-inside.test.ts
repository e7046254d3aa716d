import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { Mode } from "../../src/shared/holding.js";
import { toItem, valueOf, type Item } from "../../src/shared/items.js";
import { Field, Kind, State } from "../../src/shared/layout.js";
import { Ownership } from "../../src/shared/ownership.js";
import { QueueState } from "../../src/shared/queue-state.js";
import { ItemRing } from "../../src/shared/ring.js";
import { Cast, watchWrites } from "../support/faults.js";

let stop: () => void;
beforeEach(() => {
  stop = watchWrites();
});
afterEach(() => {
  stop();
});

let lastThread = 1000;

/** Threads that no other test has buried. */
function threads(count: number): number[] {
  return Array.from({ length: count }, () => (lastThread += 1));
}

/** Runs a scene with a death after each number of writes, until there are too few for one. */
function atEachStep(scene: (writes: number) => boolean): number {
  let writes = 0;
  while (!scene(writes)) writes += 1;
  return writes;
}

/** A lock that the first has, and the others wait for. */
function lockWith(who: readonly number[]): { cast: Cast; lock: Ownership } {
  const lock = new Ownership(Kind.Lock, "a Lock", undefined);
  const cast = new Cast(lock.monitor);
  who.forEach((thread, index) => {
    cast.play(thread, () => {
      if (index === 0) lock.tryHold(Mode.Exclusive);
      else {
        lock.monitor.enter();
        lock.monitor.enqueue(Mode.Exclusive);
        lock.monitor.leave();
      }
    });
  });
  return { cast, lock };
}

function slotOf(cast: Cast, thread: number): number {
  for (let slot = 1; slot <= cast.monitor.used; slot += 1) {
    const isHis = cast.monitor.get(slot, Field.Thread) === thread + 1;
    if (isHis && cast.monitor.get(slot, Field.State) !== State.Free) return slot;
  }
  return 0;
}

/** All who are alive get the lock one after the other, each alone. */
function expectAllToGetIt(cast: Cast, lock: Ownership, alive: readonly number[]): void {
  const got: number[] = [];
  for (;;) {
    const held = cast.threadsIn(State.Held);
    if (held.length === 0) break;
    expect(held).toHaveLength(1);
    expect(cast.monitor.held).toBe(1);
    expect(cast.listed()).toEqual(cast.threadsIn(State.Waiting));
    const [owner = 0] = held;
    got.push(owner);
    const slot = slotOf(cast, owner);
    lock.release({ slot, ticket: cast.monitor.get(slot, Field.Ticket) });
  }
  expect(got).toEqual(alive);
  expect([cast.monitor.held, cast.monitor.waiting]).toEqual([0, 0]);
  expect(lock.tryHold(Mode.Exclusive)).toBeDefined();
}

test("[D9] a thread that dies at any step of giving a lock back leaves it to those who wait, in their order", () => {
  const steps = atEachStep((writes) => {
    const [owner = 0, second = 0, third = 0] = threads(3);
    const { cast, lock } = lockWith([owner, second, third]);
    const slot = slotOf(cast, owner);
    const ticket = cast.monitor.get(slot, Field.Ticket);
    const ended = cast.play(owner, () => lock.release({ slot, ticket }), writes);
    if (ended) return true;
    cast.bury(owner);
    cast.recover();
    expectAllToGetIt(cast, lock, [second, third]);
    return false;
  });
  expect(steps).toBeGreaterThan(10);
});

test("[D9] and at any step of taking it, waiting for it, or giving up", () => {
  const acts: ((lock: Ownership, cast: Cast, thread: number) => void)[] = [
    (lock) => lock.tryHold(Mode.Exclusive),
    (lock) => {
      lock.monitor.enter();
      lock.monitor.enqueue(Mode.Exclusive);
      lock.monitor.leave();
    },
    (lock, cast, thread) => {
      lock.monitor.enter();
      lock.monitor.withdraw(slotOf(cast, thread));
      lock.settle();
      lock.monitor.leave();
    },
  ];
  for (const [index, act] of acts.entries()) {
    const steps = atEachStep((writes) => {
      const [owner = 0, dying = 0, third = 0] = threads(3);
      const { cast, lock } = lockWith(
        index === 0 ? [] : index === 1 ? [owner, third] : [owner, dying, third],
      );
      if (cast.play(dying, () => act(lock, cast, dying), writes)) return true;
      cast.bury(dying);
      cast.recover();
      expectAllToGetIt(cast, lock, index === 0 ? [] : [owner, third]);
      return false;
    });
    expect(steps).toBeGreaterThan(5);
  }
});

test("[D9] and at any step of looking after one who died before", () => {
  const steps = atEachStep((writes) => {
    const [owner = 0, second = 0, third = 0] = threads(3);
    const { cast, lock } = lockWith([owner, second, third]);
    cast.bury(owner);
    if (cast.play(second, () => cast.recover(), writes)) return true;
    cast.bury(second);
    cast.recover();
    const [held] = cast.threadsIn(State.Held);
    expect(held).toBe(third);
    // It is told, by whichever of the two.
    expect(lock.isAbandoned({ slot: slotOf(cast, third), ticket: 0 })).toBe(true);
    expectAllToGetIt(cast, lock, [third]);
    return false;
  });
  expect(steps).toBeGreaterThan(10);
});

interface Scene {
  cast: Cast;
  queue: QueueState;
}

function queueWith(
  items: readonly number[],
  waiting: readonly (readonly [number, number])[],
): Scene {
  const ring = new ItemRing(new SharedArrayBuffer(64));
  const queue = new QueueState(ring, undefined, 2);
  const cast = new Cast(queue.monitor);
  for (const item of items) queue.put(toItem(item), false);
  for (const [thread, mode] of waiting) {
    cast.play(thread, () => {
      queue.monitor.enter();
      queue.monitor.enqueue(mode);
      queue.monitor.leave();
    });
  }
  return { cast, queue };
}

const GETS = -1;
const NUMBER_SIZE = 16;

test("[D10] a thread that dies at any step of putting loses no other item, and wakes who waits", () => {
  const steps = atEachStep((writes) => {
    const [dying = 0, getter = 0, other = 0] = threads(3);
    const { cast, queue } = queueWith([], [[getter, GETS]]);
    if (cast.play(dying, () => void queue.put(toItem(1), false), writes)) return true;
    cast.bury(dying);
    cast.recover();
    // It is in, or it is not; in both cases the one who waits gets the first item that there is.
    const wasIn = queue.size === 1;
    if (!wasIn) cast.play(other, () => void queue.put(toItem(2), false));
    expect(cast.threadsIn(State.Held)).toEqual([getter]);
    const got = queue.getGranted(slotOf(cast, getter));
    expect(valueOf(got as Item)).toBe(wasIn ? 1 : 2);
    expect([queue.size, cast.monitor.held, cast.monitor.waiting]).toEqual([0, 0, 0]);
    expect(queue.put(toItem(3), false)).toBe(true);
    expect(queue.put(toItem(4), false)).toBe(true);
    expect(queue.put(toItem(5), false)).toBeUndefined();
    return false;
  });
  expect(steps).toBeGreaterThan(5);
});

test("[D10] and at any step of getting: one item at most is gone, and its place is another's", () => {
  const steps = atEachStep((writes) => {
    const [dying = 0, putter = 0] = threads(2);
    const { cast, queue } = queueWith([1, 2], [[putter, NUMBER_SIZE]]);
    if (cast.play(dying, () => void queue.get(false), writes)) return true;
    cast.bury(dying);
    cast.recover();
    const left: unknown[] = [];
    if (cast.threadsIn(State.Held).length === 0) left.push(valueOf(queue.get(false) as Item));
    expect(cast.threadsIn(State.Held)).toEqual([putter]);
    expect(queue.putGranted(slotOf(cast, putter), toItem(3))).toBe(true);
    for (let item; (item = queue.get(false)) !== undefined;) left.push(valueOf(item as Item));
    expect([
      [1, 2, 3],
      [2, 3],
    ]).toContainEqual(left);
    expect([queue.size, cast.monitor.held, cast.monitor.waiting]).toEqual([0, 0, 0]);
    return false;
  });
  expect(steps).toBeGreaterThan(5);
});
