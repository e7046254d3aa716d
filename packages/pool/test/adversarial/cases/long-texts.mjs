// Texts that are too long together for one JSON text.
import assert from "node:assert/strict";
import { inlineTask } from "@concur/pool";
import { scenario } from "../lib/scenario.mjs";

// Six characters of JSON for each, and still short enough for JSON.
const TEXT = "\u0001".repeat(4096);

export default [
  scenario("a chunk of texts", ["processes"], async ({ make, outcomes }) => {
    const pool = make({ maxWorkers: 1 });
    const items = Array(24_000).fill(TEXT);
    const [{ value, reason }] = await outcomes([
      pool
        .with({ chunkSize: items.length })
        .map(
          inlineTask((text) => text.length),
          items,
        )
        .toArray(),
    ]);
    assert.equal(reason, undefined);
    assert.ok(value.length === items.length && value.every((length) => length === 4096));
    const [after] = await outcomes([pool.submit(inlineTask(() => 1))]);
    assert.equal(after.value, 1);
  }),
];
