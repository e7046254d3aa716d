import { defineConfig } from "tsup";
// @boundaries-ignore the settings that all packages share stand at the top
import { appBuild } from "../../tsup.base.js";

export default defineConfig(appBuild({ main: "src/main.ts", tasks: "src/tasks.ts" }));
