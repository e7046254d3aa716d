import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";

const execute = promisify(execFile);
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const page = readFileSync(here("../README.md"), "utf8");
/** What the page says that each program prints. */
const printed = [...page.matchAll(/^- (?<name>[a-z-]+): `(?<line>.*)`$/gm)].map(
  ({ groups }) => [groups?.["name"] ?? "", groups?.["line"] ?? ""] as const,
);

test("the page names every program", () => {
  const programs = readdirSync(here("../src")).filter((name) => name !== "tasks.js");
  expect(printed.map(([name]) => `${name}.js`).sort()).toEqual(programs.sort());
});

test.each(printed)("%s prints what the page shows", async (name, line) => {
  const program = here(`../src/${name}.js`);
  // It kills what hangs; no machine may be too slow.
  const { stdout, stderr } = await execute(process.execPath, [program], { timeout: 300_000 });
  expect({ stdout, stderr }).toEqual({ stdout: `${line}\n`, stderr: "" });
});
