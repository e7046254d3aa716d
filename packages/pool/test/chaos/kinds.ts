import { importTasks, inlineTask } from "../../src/index.js";
import * as Tasks from "../fixtures/chaos-tasks.mjs";
import type { Oddity, SharedCells, Uncloneable } from "../fixtures/chaos-tasks.mjs";
import { fails, gives, isUnsendable, type Kind } from "./plan.js";
import { isSameData, isSameThrown } from "./same.js";

const missing = importTasks<{ nobody(id: number): number }>(
  new URL("../fixtures/chaos-tasks.mjs", import.meta.url),
);
const broken = importTasks<{ nobody(id: number): number }>(
  new URL("../fixtures/broken-module.mjs", import.meta.url),
);
const inline = inlineTask((id: number) => {
  const { begun, ended } = (globalThis as { chaosCells?: SharedCells }).chaosCells ?? {};
  if (begun === undefined || ended === undefined) throw new Error("no cells");
  Atomics.add(begun, id, 1);
  Atomics.add(ended, id, 1);
  return `inline ${id}`;
});

const oddities: Oddity[] = [
  "undefined",
  "null",
  "zero",
  "empty",
  "coded",
  "caused",
  "aggregate",
  "aborted",
  "plain",
];
const uncloneables: Uncloneable[] = ["function", "inside", "symbol", "getter"];

/** The kinds of calls that do no harm to others. */
export const harmlessKinds: readonly Kind[] = [
  {
    name: "double",
    weight: 30,
    plan: (id) => gives(id * 2, (to) => to.submit(Tasks.double, id)),
  },
  {
    name: "constant",
    weight: 10,
    plan: (id) =>
      gives(Tasks.constants[id % Tasks.constants.length], (to) => to.submit(Tasks.constant, id)),
  },
  {
    name: "describe",
    weight: 12,
    plan(id, random) {
      const words = Array.from({ length: random.int(0, 20) }, () => `word ${random.int(0, 99)}`);
      const value = { id, words, places: new Map([[id, new Date(id)]]), nothing: null };
      return gives(value, (to) => to.submit(Tasks.describe, id, words));
    },
  },
  {
    name: "inline",
    weight: 3,
    plan: (id) => gives(`inline ${id}`, (to) => to.submit(inline, id)),
  },
  {
    name: "nap",
    weight: 8,
    plan(id, random) {
      const ms = random.int(0, 4);
      return gives(id, (to) => to.submit(Tasks.nap, id, ms));
    },
  },
  {
    name: "throws",
    weight: 8,
    plan(id, random) {
      const kind = random.pick(oddities);
      return fails(
        (reason) => isSameThrown(reason, Tasks.oddity(id, kind)),
        1,
        (to) => to.submit(Tasks.throws, id, kind),
      );
    },
  },
  {
    name: "rejects",
    weight: 4,
    plan(id, random) {
      const [kind, ms] = [random.pick(oddities), random.int(0, 2)];
      return fails(
        (reason) => isSameThrown(reason, Tasks.oddity(id, kind)),
        1,
        (to) => to.submit(Tasks.rejects, id, kind, ms),
      );
    },
  },
  {
    name: "unsendable result",
    weight: 4,
    plan(id, random) {
      const kind = random.pick(uncloneables);
      return fails(isUnsendable("result"), 1, (to) => to.submit(Tasks.unsendable, id, kind));
    },
  },
  {
    name: "moody result",
    weight: 1,
    plan(id, random) {
      const reads = random.int(0, 4);
      return {
        ...gives({ id }, (to) => to.submit(Tasks.moody, id, reads)),
        isOwn: (outcome) =>
          outcome.status === "fulfilled"
            ? isSameData(outcome.value, { id })
            : isUnsendable("result")(outcome.reason),
      };
    },
  },
  {
    name: "moody argument",
    weight: 1,
    plan(id, random) {
      const argument = Tasks.moodyValue(id, random.int(0, 4));
      return {
        ...gives(id, (to) => to.submit(Tasks.refuse, id, argument)),
        isOwn: (outcome) =>
          outcome.status === "fulfilled"
            ? outcome.value === id
            : isUnsendable("arguments")(outcome.reason),
        begins: undefined,
        ends: undefined,
      };
    },
  },
  {
    name: "unsendable argument",
    weight: 4,
    plan(id, random) {
      const argument = Tasks.uncloneable(id, random.pick(uncloneables));
      return fails(isUnsendable("arguments"), 0, (to) => to.submit(Tasks.refuse, id, argument));
    },
  },
  {
    name: "unmovable argument",
    weight: 1,
    plan(id) {
      const plan = fails(isUnsendable("arguments"), 0, (to) => to.submit(Tasks.refuse, id, {}));
      return { ...plan, options: { transfer: [{}] } };
    },
  },
  {
    name: "missing export",
    weight: 1,
    plan: (id) =>
      fails(
        (reason) => reason instanceof TypeError && reason.message.includes("'nobody'"),
        0,
        (to) => to.submit(missing.nobody, id),
      ),
  },
  {
    name: "broken module",
    weight: 1,
    plan: (id) =>
      fails(
        (reason) => reason instanceof Error && reason.message === "this module cannot be loaded",
        0,
        (to) => to.submit(broken.nobody, id),
      ),
  },
  {
    name: "busy",
    weight: 3,
    plan(id, random) {
      const ms = random.chance(0.1) ? random.int(30, 60) : random.int(0, 6);
      return gives(id, (to) => to.submit(Tasks.busy, id, ms));
    },
  },
  {
    name: "polls",
    weight: 3,
    plan(id, random) {
      const ms = random.chance(0.2) ? random.int(30, 60) : random.int(0, 6);
      return gives(id, (to) => to.submit(Tasks.polls, id, ms));
    },
  },
  {
    name: "waits",
    weight: 3,
    plan(id, random) {
      const ms = random.int(5, 40);
      return gives(id, (to) => to.submit(Tasks.waits, id, ms));
    },
  },
  {
    name: "answers",
    weight: 2,
    plan(id, random) {
      const ms = random.int(5, 40);
      return {
        ...gives("unasked", (to) => to.submit(Tasks.answers, id, ms)),
        isOwn: ({ status, ...rest }) =>
          status === "fulfilled" &&
          ["asked", "unasked"].includes(Reflect.get(rest, "value") as string),
      };
    },
  },
  {
    name: "reports",
    weight: 3,
    plan(id, random) {
      const count = random.int(0, 7);
      return gives(count, (to) => to.submit(Tasks.reports, id, count));
    },
  },
  {
    name: "reports badly",
    weight: 1,
    plan: (id) => gives("CONCUR_NOT_SERIALIZABLE", (to) => to.submit(Tasks.reportsBadly, id)),
  },
  {
    name: "thenable",
    weight: 2,
    plan: (id) => gives(id, (to) => to.submit(Tasks.thenable, id)),
  },
  {
    name: "named",
    weight: 3,
    plan: (id) => gives(`call ${id}`, (to) => to.submit(Tasks.named, id), { name: `call ${id}` }),
  },
  {
    name: "moves",
    weight: 3,
    plan(id, random) {
      const bytes = new Uint8Array(random.int(1, 5000)).fill(id);
      return gives(Uint8Array.from(bytes), (to) => to.submit(Tasks.moves, id, bytes), {
        transfer: [bytes.buffer],
      });
    },
  },
];
