import { type ThreadPoolExecutorOptions } from "../../src/index.js";
import * as Tasks from "../fixtures/chaos-tasks.mjs";
import type { Cells } from "./cells.js";
import { Random } from "../lib/random.mjs";

/** What a seed decides for all of its calls. */
export interface World {
  readonly seed: number;
  /** Whether workers die of other reasons than calls that do not stop. */
  readonly deadly: boolean;
  /** How the executor is ended: when all is done, or in the middle of the last calls. */
  readonly ending: "done" | "waiting" | "cancelling" | "terminating" | "hurrying";
  readonly options: ThreadPoolExecutorOptions;
}

/** Whether calls may be cancelled by the end of the executor. */
export function endsEarly({ ending }: Pick<World, "ending">): boolean {
  return ending === "cancelling" || endsByForce({ ending });
}

/** Whether calls that run may be ended by the end of the executor. */
export function endsByForce({ ending }: Pick<World, "ending">): boolean {
  return ending === "terminating" || ending === "hurrying";
}

/** Draws a world. */
export function drawWorld(seed: number, cells: Cells): World {
  const random = new Random(seed);
  const deadly = random.chance(0.75);
  return {
    seed,
    deadly,
    ending: random.pick(["done", "waiting", "cancelling", "terminating", "hurrying"]),
    options: {
      maxWorkers: random.pick([1, 2, 2, 3, 4]),
      maxTasksPerWorker: random.pick([undefined, undefined, 40, 150]),
      idleTimeoutMs: random.pick([undefined, undefined, 0, 1, 5, 30]),
      killAfterMs: random.pick([5, 20, 100]),
      spin: random.pick(["adaptive", "worker", false]),
      initializer: Tasks.openCells,
      initializerArgs: [cells.shared],
      // Small, as one kind of call runs into it.
      resourceLimits: { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 8 },
    },
  };
}
