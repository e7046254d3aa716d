import { copyFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { defineConfig } from "tsup";
// @boundaries-ignore the settings that all packages share stand at the top
import { downloaderBuild } from "../../tsup.base.js";

/** The pool looks for the program of its threads beside itself, and is built into ours. */
const THREAD_PROGRAM = "worker-entry.cjs";

async function copyThreadProgram(): Promise<void> {
  const pool = dirname(createRequire(import.meta.url).resolve("@concur/pool"));
  await copyFile(join(pool, THREAD_PROGRAM), join("dist", THREAD_PROGRAM));
}

// One after the other: what both use is in each of them, so that a thread loads no more than its tasks need.
export default defineConfig([
  { ...downloaderBuild({ main: "src/main.ts" }), onSuccess: copyThreadProgram },
  { ...downloaderBuild({ tasks: "src/tasks.ts" }), clean: false },
]);
