// Sends values in every way, and compares what comes back with what structured clone makes of them.
// Arguments: the kind of executor, the seed, the number of runs of each way, and optionally one way.
import { writeSync } from "node:fs";
import fc from "fast-check";
import { turn, within } from "../lib/clocks.mjs";
import { openKind } from "../lib/kinds.mjs";
import { difference, sharedPart } from "./same-clone.mjs";
import { cloneable } from "./values.mjs";
import { OWN_WAYS, WAYS } from "./ways.mjs";

const LIMIT_MS = Number(process.env.CONCUR_HANG_MS ?? 120_000);
const [, , kindName, seedText, runsText, onlyWay] = process.argv;
const seed = Number(seedText);
const kind = openKind(kindName);
const uncaught = [];
process.on("uncaughtException", (error) => uncaught.push(error));

/**
 * What a value is expected to come back as: its clone's clone, as it is cloned once each way. That holds between processes,
 * too, as V8 writes the same there; Node's `v8.serialize`, which would give each view a memory of its own and a Buffer for a
 * Buffer, is not what carries values.
 */
function expectedOf(value) {
  return structuredClone(structuredClone(value));
}

let failed = false;
let pool = kind.make({ maxWorkers: 1 });
for (const [name, way] of Object.entries({ ...WAYS, ...OWN_WAYS })) {
  if (onlyWay !== undefined && onlyWay !== name) continue;
  const isOwn = Object.hasOwn(OWN_WAYS, name);
  const runs = Math.ceil(Number(runsText) / (isOwn ? 8 : 1));
  const property = fc.asyncProperty(
    fc.array(cloneable, { minLength: 1, maxLength: 12 }),
    async (values) => {
      const expected = values.map(expectedOf);
      let back;
      try {
        back = await within(
          LIMIT_MS,
          name,
          isOwn ? way((options) => kind.make(options), values) : way(pool, values),
        );
      } catch (error) {
        void pool.killWorkers();
        pool = kind.make({ maxWorkers: 1 });
        throw error;
      }
      // The worker spoils what it had when it has given it.
      await turn();
      if (back.length !== values.length)
        throw new Error(`${back.length} values came back for ${values.length}`);
      for (const [index, value] of expected.entries()) {
        const found = difference(back[index], value);
        if (found !== undefined) throw new Error(`of ${index}: ${found}`);
        const untouched = difference(structuredClone(values[index]), structuredClone(value));
        if (untouched !== undefined)
          throw new Error(`the caller's own was changed: ${index}: ${untouched}`);
        if (sharesACall(name) && index > 0 && sharedPart(back[index], back[index - 1]))
          throw new Error(`${index - 1} and ${index} share memory`);
      }
      if (uncaught.length > 0) throw uncaught.pop();
    },
  );
  const details = await fc.check(property, {
    seed,
    numRuns: runs,
    // Failures become smaller for so long.
    interruptAfterTimeLimit: Number(process.env.CONCUR_SHRINK_MS ?? 20_000),
  });
  if (details.failed) {
    failed = true;
    const { counterexample, errorInstance, error } = details;
    writeSync(
      1,
      `FAILED ${name}\n  seed ${seed}, path ${details.counterexamplePath}\n  ${errorInstance?.message ?? error}\n  ${fc.stringify(counterexample).slice(0, 600)}\n`,
    );
  } else writeSync(1, `held ${name} ${details.numRuns}\n`);
}
await within(LIMIT_MS, "shutdown()", pool.shutdown());
process.exit(failed ? 1 : 0);

/** Whether the values that come back are of one call, within which an object may stand twice. */
function sharesACall(name) {
  return !["items of an async iterable", "arguments of the initializer"].includes(name);
}
