import * as Tasks from "../fixtures/chaos-tasks.mjs";
import { dies, gives, type Kind } from "./plan.js";

/** The kinds of calls that end their worker, at once or later, and so harm others. */
export const deadlyKinds: readonly Kind[] = [
  {
    name: "exits",
    weight: 0.5,
    plan(id, random) {
      const [code, ms] = [random.pick([0, 1, 7]), random.int(0, 2)];
      return dies((to) => to.submit(Tasks.exits, id, code, ms));
    },
  },
  {
    name: "exits later",
    weight: 0.3,
    plan(id, random) {
      const [code, ms] = [random.pick([0, 1, 7]), random.int(0, 10)];
      return gives(id, (to) => to.submit(Tasks.exitsLater, id, code, ms));
    },
  },
  {
    name: "fails later",
    weight: 0.3,
    plan(id, random) {
      const kind = random.pick(["timer", "rejection"] as const);
      return gives(id, (to) => to.submit(Tasks.failsLater, id, kind));
    },
  },
  {
    name: "exits when cloned",
    weight: 0.2,
    plan: (id) => ({ ...dies((to) => to.submit(Tasks.exitsWhenCloned, id, 5)), ends: 1 }),
  },
  {
    name: "overflows",
    weight: 0.05,
    plan: (id) => dies((to) => to.submit(Tasks.overflows, id)),
  },
];
