import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { runNode } from "../support/processes.js";

// The examples of the page, each by the runner that it is written for, as a reader would have them. They stand inside the
// package, which they import by its name.
const PACKAGE = fileURLToPath(new URL("../../", import.meta.url));
const FOLDER = path.join(PACKAGE, "dist", ".client-examples");
const MODULES = path.join(PACKAGE, "node_modules");
const PAGE = path.join(PACKAGE, "docs", "test-your-http-client.md");

const names: string[] = [];

beforeAll(async () => {
  await mkdir(FOLDER, { recursive: true });
  const page = await readFile(PAGE, "utf8");
  for (const [, name = "", code = ""] of page.matchAll(/^```js file=(\S+)\n([^]*?)^```$/gm)) {
    names.push(name);
    await writeFile(path.join(FOLDER, name), code);
  }
  const config = { testEnvironment: "node", testMatch: ["**/*.jest.test.mjs"], transform: {} };
  await writeFile(path.join(FOLDER, "jest.config.json"), JSON.stringify(config));
});
afterAll(() => rm(FOLDER, { recursive: true, force: true }));

test("has an example for each runner, and the client that they share", () => {
  const all = ["client.mjs", ...["node", "vitest", "jest"].map((one) => `client.${one}.test.mjs`)];
  expect(names).toEqual(all);
});

test.each([
  ["node:test", ["--test", "client.node.test.mjs"], /^# pass 2$|^ℹ pass 2$/m],
  [
    "Vitest",
    [path.join(MODULES, "vitest", "vitest.mjs"), "run", "--root", FOLDER, "client.vitest.test.mjs"],
    /Tests +2 passed/,
  ],
  [
    "Jest",
    [
      ...["--experimental-vm-modules", path.join(MODULES, "jest", "bin", "jest.js")],
      ...["--config", path.join(FOLDER, "jest.config.json")],
    ],
    /^Tests: +2 passed, 2 total$/m,
  ],
])("the example for %s passes", async (_runner, [first = "", ...args], passed) => {
  // As from a terminal: these runners behave in another way inside one another.
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" };
  for (const name of [
    "NODE_OPTIONS",
    "NODE_TEST_CONTEXT",
    "JEST_WORKER_ID",
    "NODE_ENV",
    "VITEST",
  ]) {
    Reflect.deleteProperty(env, name);
  }
  await using run = runNode(first, args, FOLDER, env);
  const { code } = await run.ended;
  const { stdout, stderr } = run.output;
  expect([code, stdout + stderr]).toEqual([0, expect.stringMatching(passed)]);
});
