import { cellsPerWorkers } from "../lib/cells.mjs";
import { check, closePool, warmPool } from "../lib/measuring.mjs";

const SIZES = { "1 KB": 1024, "100 KB": 102_400, "1 MB": 1_048_576, "16 MB": 16_777_216 };
const QUICK_SIZES = ["1 KB", "1 MB"];
const WAYS = ["clone", "transfer"];
const LANES = 4;

const metricName = (size, way) => `${way} ${size}`;

function fresh(bytes, lane) {
  const payload = new Uint8Array(bytes);
  payload[0] = lane + 1;
  payload[bytes - 1] = 255 - lane;
  return payload;
}

function checkPayload(payload, bytes, lane) {
  const right =
    payload.length === bytes && payload[0] === lane + 1 && payload[bytes - 1] === 255 - lane;
  check(right, "payload");
}

/** Sends so many bytes there and back in each lane for so long; gives the microseconds per call. */
async function runLanes(pool, bytes, way, limitMs) {
  const start = performance.now();
  const end = start + limitMs;
  let calls = 0;
  const run = async (lane) => {
    let payload = fresh(bytes, lane);
    do {
      // What was transferred is gone from here; what came back goes out again.
      payload = await (way === "transfer"
        ? pool.run("echo", payload, [payload.buffer])
        : pool.run("echo", payload));
      checkPayload(payload, bytes, lane);
      calls++;
    } while (performance.now() < end);
  };
  await Promise.all(Array.from({ length: LANES }, (_, lane) => run(lane)));
  return ((performance.now() - start) * 1000) / calls;
}

export default {
  id: "payload",
  title: "payload",
  about:
    "a Uint8Array there and back, four in flight, copied or transferred both ways; time per call",
  metrics: Object.fromEntries(
    Object.keys(SIZES).flatMap((size) =>
      WAYS.map((way) => [
        metricName(size, way),
        { title: metricName(size, way), unit: "µs", better: "lower" },
      ]),
    ),
  ),
  cells: (plan) =>
    cellsPerWorkers(plan, [2], { sizes: plan.quick ? QUICK_SIZES : Object.keys(SIZES) }),
  async measure(contender, cell, effort) {
    const pool = await warmPool(contender, cell, effort);
    const times = {};
    for (const size of cell.sizes) {
      for (const way of WAYS) {
        if (way === "transfer" && contender.movesResults === false) continue;
        await runLanes(pool, SIZES[size], way, effort.timedMs / 6);
        globalThis.gc({ type: "minor" });
        times[metricName(size, way)] = await runLanes(pool, SIZES[size], way, effort.timedMs / 2);
      }
    }
    await closePool(pool);
    return times;
  },
};
