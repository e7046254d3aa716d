import { defineConfig } from "tsup";
// @boundaries-ignore the settings that all packages share stand at the top
import { downloaderBuild } from "../../tsup.base.js";

export default defineConfig(downloaderBuild({ main: "src/main.ts" }));
