import { defineConfig } from "tsup";
// @boundaries-ignore the settings that all packages share stand at the top
import { libraryTypes } from "../../tsup.base.js";

export default defineConfig(libraryTypes({ index: "src/index.ts" }));
