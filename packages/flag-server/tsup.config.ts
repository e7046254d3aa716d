import { defineConfig } from "tsup";
// @boundaries-ignore the settings that all packages share stand at the top
import { libraryBuild } from "../../tsup.base.js";

export default defineConfig({
  ...libraryBuild({ index: "src/index.ts", cli: "src/cli.ts" }),
  esbuildOptions(options, { format }) {
    if (format !== "cjs") return;
    // CommonJS has no import.meta.url. tsup's own shim goes wrong in a folder whose name holds "#" or "%".
    options.define = { ...options.define, "import.meta.url": "__importMetaUrl" };
    options.inject = [...(options.inject ?? []), "shims/import-meta-url.js"];
  },
});
