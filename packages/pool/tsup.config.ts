import { defineConfig } from "tsup";
// @boundaries-ignore the settings that all packages share stand at the top
import { libraryBuild } from "../../tsup.base.js";

export default defineConfig({
  ...libraryBuild({ index: "src/index.ts", worker: "src/worker.ts", testing: "src/testing.ts" }),
  // The three entries share one class Future, so what they have in common must be built once.
  splitting: true,
  // esbuild renames a class that speaks of itself; its name is what users see when they print it.
  keepNames: true,
});
