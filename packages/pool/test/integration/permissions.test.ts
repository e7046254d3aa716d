import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { printed, runProgram } from "../support/run-program.js";

const major = Number.parseInt(process.versions.node);
const MODEL = ["--no-warnings", major >= 24 ? "--permission" : "--experimental-permission"];
const DENIED = "CONCUR_BROKEN ERR_ACCESS_DENIED a worker could not be started";

/** All choices of these flags. */
function choicesOf(flags: readonly string[]): string[][] {
  return flags.reduce<string[][]>(
    (choices, flag) => [...choices, ...choices.map((chosen) => [...chosen, flag])],
    [[]],
  );
}

describe("under Node's permission model", () => {
  let folder = "";
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "concur-test-")));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const flags = ["--allow-worker", "--allow-child-process", "--allow-fs-write=*"];
  // Node 20 lets every program use the network.
  if (major >= 25) flags.push("--allow-net");

  test.each(
    choicesOf(flags).map((chosen) => ({ title: chosen.join(" ") || "nothing more", chosen })),
  )("calls run, or the error names the flag that is missing: $title", async ({ chosen }) => {
    const given = [...MODEL, "--allow-fs-read=*", ...chosen];
    const outcome = (flag: string): string =>
      chosen.includes(flag) ? "42" : `${DENIED}: Node's permission model asks for ${flag}`;
    expect(await runProgram("permission/runs-both.mjs", given, [folder])).toEqual(
      printed(outcome("--allow-worker"), outcome("--allow-child-process")),
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a module of tasks that may not be read is named, with the flag", async () => {
    const tasks = join(folder, "tasks.mjs");
    writeFileSync(tasks, "export const task = () => 1;");
    const root = fileURLToPath(new URL("../../../..", import.meta.url));
    const given = [...MODEL, "--allow-worker", "--allow-child-process", `--allow-fs-read=${root}*`];
    const { stdout, stderr } = await runProgram("permission/reads-little.mjs", given, [tasks]);
    expect({ lines: stdout.trimEnd().split("\n"), stderr }).toEqual({
      lines: Array.from({ length: 2 }, () =>
        expect.stringMatching(
          `^ERR_ACCESS_DENIED the module of the task, file://.*tasks\\.mjs, could not be loaded: Node's permission model asks for --allow-fs-read=.*tasks\\.mjs$`,
        ),
      ),
      stderr: "",
    });
  });
});
