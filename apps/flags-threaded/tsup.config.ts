import { defineConfig } from "tsup";
// @boundaries-ignore the settings that all packages share stand at the top
import { downloaderBuild } from "../../tsup.base.js";

// One after the other: what both use is in each of them, so that a thread loads no more than its tasks need.
export default defineConfig([
  downloaderBuild({ main: "src/main.ts" }),
  { ...downloaderBuild({ tasks: "src/tasks.ts" }), clean: false },
]);
