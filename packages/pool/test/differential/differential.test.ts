import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { runWatched } from "../lib/run-watched.mjs";

const LIMIT_MS = 900_000;
const program = fileURLToPath(new URL("run-differential.mjs", import.meta.url));

/** CONCUR_FUZZ_RUNS=1000 sends so many lists of values each way; CONCUR_FUZZ_SEED begins with another seed. */
const seed = process.env["CONCUR_FUZZ_SEED"] ?? "1";
const more = process.env["CONCUR_FUZZ_RUNS"];

describe("what comes back is what structured clone makes of it, whichever way it travels, and nobody else's", () => {
  test.each([
    ["threads", 40],
    ["processes", 30],
    ["processes-without-socket", 10],
  ])(
    "[O14] [O17] %s",
    async (kind, runs) => {
      const { exitCode, signal, stdout, stderr } = await runWatched([
        program,
        kind,
        seed,
        more ?? String(runs),
      ]);
      const failures = stdout.split("\n").filter((line) => !line.startsWith("held"));
      expect({ failures: failures.join("\n"), stderr, signal, exitCode }).toEqual({
        failures: "",
        stderr: "",
        signal: null,
        exitCode: 0,
      });
    },
    LIMIT_MS,
  );
});
