import { beforeAll, describe, expect, test } from "@jest/globals";
import { listScenarios, runScenarios } from "./scenarios.js";

const LIMIT_MS = 1_800_000;
const scenarios = listScenarios();
const groups = scenarios.flatMap(({ file, kinds }) => kinds.map((kind) => ({ file, kind })));
const names = new Set(groups.map(({ file, kind }) => `${file} ${kind}`));

/** Each file is a kind of harm that a program can do to an executor; see there for what must hold. */
describe.each([...names].map((name) => name.split(" ") as [string, string]))(
  "%s, with %s",
  (file, kind) => {
    const own = scenarios.filter((one) => one.file === file && one.kinds.includes(kind));
    let ends = new Map<string, string>();

    beforeAll(async () => {
      ends = await runScenarios(own, kind);
    }, LIMIT_MS);

    test.each(own.map(({ title }) => title))("%s", (title) => {
      expect(ends.get(title)).toBe("held");
    });
  },
);
