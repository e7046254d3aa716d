import { defineConfig } from "tsup";
// @boundaries-ignore the settings that all packages share stand at the top
import { appBuild } from "../../tsup.base.js";

/** The program of the worker threads: one CommonJS file with everything inside, which starts fastest. */
export default defineConfig({
  ...appBuild({ "worker-entry": "src/engine/worker/entry.ts" }),
  format: ["cjs"],
  // Every worker holds the text: without blanks and comments it is half as long, and its names stay readable in stacks.
  minifyWhitespace: true,
  minifySyntax: true,
  // The other build has cleaned the folder already.
  clean: false,
});
