import { defineConfig } from "tsup";
// @boundaries-ignore the settings that all packages share stand at the top
import { libraryBuild } from "../../tsup.base.js";

export default defineConfig({
  ...libraryBuild({ index: "src/index.ts" }),
  // What a Lock is called where it is printed.
  keepNames: true,
});
