import { defineConfig } from "tsup";
// @boundaries-ignore the settings that all packages share stand at the top
import { libraryBuild } from "../../tsup.base.js";

export default defineConfig({
  ...libraryBuild({ index: "src/index.ts", worker: "src/worker.ts", testing: "src/testing.ts" }),
  // The three entries share one class Future, so what they have in common must be built once.
  splitting: true,
  esbuildOptions(options, { format }) {
    if (format !== "cjs") return;
    // CommonJS has no import.meta.url, and tsup's own shim loses what follows a "#" in a path.
    options.define = { ...options.define, "import.meta.url": "__importMetaUrl" };
    options.inject = [...(options.inject ?? []), "shims/import-meta-url.js"];
  },
});
