import { defineConfig } from "tsup";
// @boundaries-ignore the settings that all packages share stand at the top
import { appBuild } from "../../tsup.base.js";

export default defineConfig({
  ...appBuild({ main: "src/main.ts", tasks: "src/tasks.ts" }),
  // axios comes as a hundred small files: in one piece the program and each thread start sooner.
  noExternal: ["@concur/flags-common", "axios"],
  // What axios depends on is CommonJS, and asks for Node's modules in its own way.
  banner: {
    js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
  },
});
