import { expect, test } from "@jest/globals";

/**
 * The steps of `Monitor.enter()` and `leave()` that others can see, one atomic access each, for three parties that go in twice. All
 * orders of them are tried.
 */
interface World {
  entry: number;
  /** Where each party is; it sleeps where it has a value that it sleeps for. */
  readonly at: readonly string[];
  readonly sleepsFor: readonly number[];
  readonly rounds: readonly number[];
}

const PARTIES = [0, 1, 2];
const ME = PARTIES.map((party) => (party + 1) << 1);

/** All worlds that one step of a party leads to. */
function steps(world: World, party: number): World[] {
  const me = ME[party] ?? 0;
  const to = (at: string, change: Partial<World> = {}): World => ({
    ...world,
    ...change,
    at: (change.at ?? world.at).map((old, index) => (index === party ? at : old)),
  });
  const sleep = (value: number, world_: World): World => ({
    ...world_,
    sleepsFor: world_.sleepsFor.map((old, index) => (index === party ? value : old)),
  });
  const value = world.sleepsFor[party] ?? 0;
  switch (world.at[party]) {
    case "outside":
      return (world.rounds[party] ?? 0) === 2 ? [] : [to("first try")];
    case "first try":
      return [world.entry === 0 ? to("inside", { entry: me }) : to("try late")];
    case "try late":
      if (world.entry === 0) return [to("inside", { entry: me | 1 })];
      return [sleep(world.entry, to((world.entry & 1) === 1 ? "fall asleep" : "mark"))];
    case "mark":
      if (world.entry !== value) return [to("try late")];
      return [sleep(value | 1, to("fall asleep", { entry: value | 1 }))];
    case "fall asleep":
      return [to(world.entry === value ? "asleep" : "try late")];
    case "inside": {
      const left = to(world.entry === me ? "outside" : "notify", { entry: 0 });
      if (world.entry !== me) return [left];
      return [{ ...left, rounds: more(world.rounds, party) }];
    }
    case "notify": {
      const asleep = PARTIES.filter((other) => world.at[other] === "asleep");
      const rounds = more(world.rounds, party);
      if (asleep.length === 0) return [to("outside", { rounds })];
      return asleep.map((other) =>
        to("outside", {
          rounds,
          at: world.at.map((old, index) => (index === other ? "try late" : old)),
        }),
      );
    }
    default:
      return [];
  }
}

function more(rounds: readonly number[], party: number): number[] {
  return rounds.map((count, index) => (index === party ? count + 1 : count));
}

test("[D11] the monitor lets one in at a time, and nobody sleeps while it is free, in all orders of steps", () => {
  const start: World = {
    entry: 0,
    at: PARTIES.map(() => "outside"),
    sleepsFor: PARTIES.map(() => 0),
    rounds: PARTIES.map(() => 0),
  };
  const seen = new Set<string>();
  const open = [start];
  const crowded: World[] = [];
  const stuck: World[] = [];
  let ends = 0;
  for (let world; (world = open.pop()) !== undefined;) {
    const key = JSON.stringify(world);
    if (seen.has(key)) continue;
    seen.add(key);
    if (world.at.indexOf("inside") !== world.at.lastIndexOf("inside")) crowded.push(world);
    const next = PARTIES.flatMap((party) => steps(world, party));
    if (next.length === 0) {
      ends += 1;
      if (world.rounds.some((count) => count !== 2)) stuck.push(world);
    }
    open.push(...next);
  }
  expect(crowded).toEqual([]);
  expect(stuck).toEqual([]);
  expect(ends).toBeGreaterThan(0);
  expect(seen.size).toBeGreaterThan(1000);
});
