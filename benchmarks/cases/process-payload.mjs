import { cellsPerWorkers } from "../lib/cells.mjs";
import { check, closePool, repeat, timed, warmPool } from "../lib/measuring.mjs";
import { median } from "../lib/statistics.mjs";

const SIZES = { "1 MB": 1_048_576, "16 MB": 16_777_216 };
const WARM_UP_CALLS = 5;

function pattern(bytes) {
  const payload = new Uint8Array(bytes);
  for (let i = 0; i < bytes; i++) payload[i] = i % 251;
  return payload;
}

async function thereAndBack(pool, payload) {
  const last = payload.length - 1;
  const result = await pool.run("echo", payload);
  const right =
    result.length === payload.length &&
    result[0] === payload[0] &&
    result[last] === payload[last] &&
    result !== payload;
  check(right, "payload");
}

export default {
  id: "process-payload",
  runsIn: "processes",
  title: "payload",
  about: "a Uint8Array there and back, one call after the other; time per call",
  metrics: Object.fromEntries(
    Object.keys(SIZES).map((size) => [size, { title: size, unit: "ms", better: "lower" }]),
  ),
  // Some libraries send JSON unless they are told, and JSON has no bytes.
  cells: (plan) => cellsPerWorkers(plan, [2], { sizes: SIZES, bytes: true }),
  async measure(contender, cell, effort) {
    const pool = await warmPool(contender, cell, effort);
    const times = {};
    for (const [size, bytes] of Object.entries(cell.sizes)) {
      const payload = pattern(bytes);
      for (let i = 0; i < WARM_UP_CALLS; i++) await thereAndBack(pool, payload);
      times[size] = median(await repeat(effort, () => timed(() => thereAndBack(pool, payload))));
    }
    await closePool(pool);
    return times;
  },
};
