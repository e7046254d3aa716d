import { copyFile, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { build, type Format } from "esbuild";
import { printed, runProgramAt } from "../support/run-program.js";

const MAIN = fileURLToPath(new URL("../fixtures/programs/bundled/main.mjs", import.meta.url));
const WORKER_FILES = ["worker-entry.cjs", "child-entry.cjs", "recall-thread.cjs"];

/** Bundles the program without any setting, into a folder that knows no packages. */
async function bundle(folder: string, format: Format): Promise<string> {
  const outfile = join(folder, format === "esm" ? "main.mjs" : "main.cjs");
  await build({
    entryPoints: [MAIN],
    outfile,
    bundle: true,
    platform: "node",
    format,
    // CommonJS has no import.meta.
    logOverride: { "empty-import-meta": "silent" },
  });
  return outfile;
}

async function inTempFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "concur-bundle-")));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe.each<Format>(["esm", "cjs"])("a program that esbuild has bundled as %s", (format) => {
  test("runs threads and processes with their programs beside it", async () => {
    await inTempFolder(async (folder) => {
      const program = await bundle(folder, format);
      for (const name of WORKER_FILES) {
        await copyFile(
          fileURLToPath(new URL(`../../dist/${name}`, import.meta.url)),
          join(folder, name),
        );
      }
      expect(await runProgramAt(program)).toEqual(printed("2", "42", "42"));
    });
  });

  test("can import the package without them, and is told what to copy when it needs one", async () => {
    await inTempFolder(async (folder) => {
      const program = await bundle(folder, format);
      const advice = (file: string, files: string): string =>
        `TypeError: ${file} of @concur/pool is not beside the program, which was bundled: copy ${files} there from node_modules/@concur/pool/dist, or give its place as workerUrl`;
      expect(await runProgramAt(program)).toEqual(
        printed(
          "2",
          advice("worker-entry.cjs", "it"),
          advice("child-entry.cjs", "it and recall-thread.cjs"),
        ),
      );
    });
  });
});
