import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { runWatched } from "../lib/run-watched.mjs";

const LIMIT_MS = 900_000;
const program = fileURLToPath(new URL("identity/run-seeds.mjs", import.meta.url));
const seedsTo = (last: number): string[] => Array.from({ length: last }, (_, n) => String(n + 1));

/** Fresh seeds: `node packages/pool/test/chaos/long-run.mjs --minutes 30`. */
describe("programs of chance, in which each call carries its identity and callbacks act on the executor", () => {
  test.each([
    ["threads", seedsTo(14)],
    ["processes", seedsTo(4)],
    ["processes-without-socket", seedsTo(1)],
    ["async", seedsTo(10)],
    ["inline", seedsTo(10)],
  ])(
    "[T6] [T11] [O17] give each call its own, with %s",
    async (kind, seeds) => {
      const { exitCode, signal, stdout, stderr } = await runWatched([program, kind, ...seeds]);
      // What is printed last names the seed.
      const held = seeds.map((seed) => `> ${seed}\nheld\n`).join("");
      expect({ exitCode, signal, stdout, stderr: exitCode === 0 ? "" : stderr }).toEqual({
        exitCode: 0,
        signal: null,
        stdout: held,
        stderr: "",
      });
    },
    LIMIT_MS,
  );
});
