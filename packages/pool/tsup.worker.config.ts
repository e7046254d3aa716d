import { defineConfig } from "tsup";
// @boundaries-ignore the settings that all packages share stand at the top
import { appBuild } from "../../tsup.base.js";

/** The programs of the workers: each one CommonJS file with everything inside, which starts fastest. */
export default defineConfig({
  ...appBuild({
    "worker-entry": "src/engine/thread/worker/thread-entry.ts",
    "child-entry": "src/engine/process/worker/child-entry.ts",
    "recall-thread": "src/engine/process/worker/recall-thread.ts",
  }),
  format: ["cjs"],
  noExternal: [/^workerpool/],
  // Every worker holds the text: without blanks and comments it is half as long, and its names stay readable in stacks.
  minifyWhitespace: true,
  minifySyntax: true,
  // The other build has cleaned the folder already.
  clean: false,
});
