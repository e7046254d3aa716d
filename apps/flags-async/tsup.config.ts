import { defineConfig } from "tsup";
// @boundaries-ignore the settings that all packages share stand at the top
import { downloaderBuild } from "../../tsup.base.js";

const build = downloaderBuild({ main: "src/main.ts" });

export default defineConfig({
  ...build,
  // Of the pool only what runs in this event loop is used: built in, the rest of it is not loaded.
  noExternal: [...(build.noExternal ?? []), "@concur/pool"],
});
