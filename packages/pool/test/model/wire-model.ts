import {
  Claim,
  claim,
  finish,
  isOf,
  open,
  takeBack,
} from "../../src/engine/thread/wire/slot-states.js";
import { nextGeneration, slotOf, ticketOf } from "../../src/engine/shared/tickets.js";

const SLOTS = 2;

/** A deviation from what the code does, to see that the model notices what it must. */
export interface Mistake {
  /** The parent frees the slot of a call that it has taken back, before the worker has skipped it. */
  readonly reusesTooSoon?: boolean;
  /** The worker begins a call with whatever is in its slot. */
  readonly claimsBlindly?: boolean;
  /** The parent believes every completion. */
  readonly collectsBlindly?: boolean;
}

/** Where the worker is with the call at hand. */
type WorkerStep = "look" | "read" | "claim" | "run" | "finish" | "complete";

interface Call {
  where: "queue" | "slot" | "ended";
  ticket: number;
  takenBack: boolean;
  runs: number;
  result: number;
}

/** All that both sides and the memory between them hold. */
interface World {
  words: Int32Array;
  generations: number[];
  free: number[];
  args: number[];
  results: number[];
  /** What was submitted and the worker has not come to, */
  ring: number[];
  /** of which it may see so many. */
  published: number;
  completions: number[];
  calls: Call[];
  worker: { at: WorkerStep; ticket: number; arg: number; skips: boolean };
  /** What was noticed: the worker is ended, and no more is believed. */
  fault: boolean;
}

/** What a walk through all orders of steps has found. */
export interface Findings {
  readonly worlds: number;
  readonly ends: number;
  /** What must never be. */
  readonly wrongs: ReadonlySet<string>;
  /** Ends at which one side had noticed that something was wrong. */
  readonly faults: number;
}

/** Walks through every order in which the atomic steps of the parent and of the worker can follow one another. */
export function explore(calls: number, mistake: Mistake = {}): Findings {
  const seen = new Set<string>();
  const wrongs = new Set<string>();
  let ends = 0;
  let faults = 0;
  const ahead: World[] = [beginning(calls)];
  for (let world = ahead.pop(); world !== undefined; world = ahead.pop()) {
    const key = keyOf(world);
    if (seen.has(key)) continue;
    seen.add(key);
    const next = world.fault ? [] : stepsFrom(world, mistake, wrongs);
    // One is enough where a mistake was asked for.
    if (wrongs.size > 0) break;
    ahead.push(...next);
    if (next.length > 0) continue;
    ends += 1;
    if (world.fault) faults += 1;
    else if (world.calls.some(({ where }) => where !== "ended")) wrongs.add("a call was lost");
  }
  return { worlds: seen.size, ends, wrongs, faults };
}

function beginning(calls: number): World {
  return {
    words: new Int32Array(SLOTS),
    generations: new Array<number>(SLOTS).fill(0),
    free: Array.from({ length: SLOTS }, (_, slot) => slot),
    args: new Array<number>(SLOTS).fill(-1),
    results: new Array<number>(SLOTS).fill(-1),
    ring: [],
    published: 0,
    completions: [],
    calls: Array.from({ length: calls }, () => ({
      where: "queue" as const,
      ticket: -1,
      takenBack: false,
      runs: 0,
      result: -1,
    })),
    worker: { at: "look", ticket: -1, arg: -1, skips: false },
    fault: false,
  };
}

/** The worlds that one step leads to. */
function stepsFrom(world: World, mistake: Mistake, wrongs: Set<string>): World[] {
  const next: World[] = [];
  const step = (can: boolean, change: (copy: World) => void): void => {
    if (!can) return;
    const copy = copyOf(world);
    change(copy);
    next.push(copy);
  };
  world.calls.forEach((call, id) => {
    step(call.where === "queue" && world.free.length > 0, (copy) => {
      place(copy, id);
    });
    step(call.where === "slot" && !call.takenBack, (copy) => {
      takeOneBack(copy, id, mistake);
    });
  });
  step(world.published < world.ring.length, (copy) => {
    copy.published = copy.ring.length;
  });
  step(world.completions.length > 0, (copy) => {
    collect(copy, mistake, wrongs);
  });
  step(world.worker.at !== "look" || world.published > 0, (copy) => {
    work(copy, mistake, wrongs);
  });
  return next;
}

function copyOf(world: World): World {
  return {
    ...world,
    words: world.words.slice(),
    generations: [...world.generations],
    free: [...world.free],
    args: [...world.args],
    results: [...world.results],
    ring: [...world.ring],
    completions: [...world.completions],
    calls: world.calls.map((call) => ({ ...call })),
    worker: { ...world.worker },
  };
}

/** Says all of a world that matters for what can follow. */
function keyOf({ worker, calls, ...world }: World): string {
  const parts = [
    world.words.join(),
    world.generations.join(),
    world.free.join(),
    world.args.join(),
    world.results.join(),
    world.ring.join(),
    world.published,
    world.completions.join(),
    world.fault,
    ...calls.map(({ where, ticket, takenBack, runs }) => [where, ticket, takenBack, runs].join()),
    [worker.at, worker.ticket, worker.arg, worker.skips].join(),
  ];
  return parts.join(";");
}

/** Parent: a slot, its arguments, its word, its place in the ring. */
function place(world: World, id: number): void {
  const call = given(world.calls[id]);
  const slot = given(world.free.pop());
  turn(world, slot);
  call.where = "slot";
  call.ticket = ticketOf(slot, given(world.generations[slot]));
  world.args[slot] = id;
  open(world.words, call.ticket);
  world.ring.push(call.ticket);
}

/** Parent: a call goes back to the queue, once; its slot stays the worker's until that has skipped it. */
function takeOneBack(world: World, id: number, { reusesTooSoon = false }: Mistake): void {
  const call = given(world.calls[id]);
  call.takenBack = true;
  if (!takeBack(world.words, call.ticket)) return;
  const slot = slotOf(call.ticket);
  call.where = "queue";
  call.ticket = -1;
  if (reusesTooSoon) {
    turn(world, slot);
    world.free.push(slot);
  }
}

/** Parent: one completion. */
function collect(world: World, { collectsBlindly = false }: Mistake, wrongs: Set<string>): void {
  const ticket = given(world.completions.shift());
  const slot = slotOf(ticket);
  const isOurs = ticketOf(slot, given(world.generations[slot])) === ticket;
  if (!collectsBlindly && (!isOurs || !isOf(world.words, ticket))) {
    world.fault = true;
    return;
  }
  const call = world.calls.find((one) => one.where === "slot" && slotOf(one.ticket) === slot);
  turn(world, slot);
  world.free.push(slot);
  if (call === undefined) return;
  call.where = "ended";
  call.result = given(world.results[slot]);
  if (call.result !== world.calls.indexOf(call)) wrongs.add("a call got the result of another");
}

/** Worker: what it does next. */
function work(world: World, { claimsBlindly = false }: Mistake, wrongs: Set<string>): void {
  const { worker } = world;
  const slot = slotOf(worker.ticket);
  switch (worker.at) {
    case "look":
      worker.ticket = given(world.ring.shift());
      world.published -= 1;
      worker.at = "read";
      return;
    case "read":
      worker.arg = given(world.args[slot]);
      worker.at = "claim";
      return;
    case "claim": {
      const claimed = claimsBlindly ? Claim.Won : claim(world.words, worker.ticket);
      if (claimed === Claim.Broken) world.fault = true;
      worker.skips = claimed === Claim.TakenBack;
      worker.at = worker.skips ? "complete" : "run";
      return;
    }
    case "run": {
      const call = given(world.calls[worker.arg]);
      call.runs += 1;
      if (call.ticket !== worker.ticket) wrongs.add("a call ran that was not there to be run");
      if (call.runs > 1) wrongs.add("a call ran twice");
      worker.at = "finish";
      return;
    }
    case "finish":
      finish(world.words, worker.ticket);
      worker.at = "complete";
      return;
    default:
      if (!worker.skips) world.results[slot] = worker.arg;
      world.completions.push(worker.ticket);
      Object.assign(worker, { at: "look", ticket: -1, arg: -1, skips: false });
  }
}

function turn(world: World, slot: number): void {
  world.generations[slot] = nextGeneration(given(world.generations[slot]));
}

/** What must be there in a world that is sound. */
function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the model itself is broken");
  return value;
}
