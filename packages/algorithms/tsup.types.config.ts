import { defineConfig } from "tsup";
// @boundaries-ignore the settings that all packages share stand at the top
import { libraryTypes } from "../../tsup.base.js";

// browser.js has the types of index.js: a test compares what the two export.
export default defineConfig(libraryTypes({ index: "src/index.ts" }));
