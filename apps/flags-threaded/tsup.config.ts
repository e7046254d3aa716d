import { defineConfig, type Options } from "tsup";
// @boundaries-ignore the settings that all packages share stand at the top
import { appBuild } from "../../tsup.base.js";

/**
 * What axios loads for uploads and for following redirects by itself. We do neither, and it is half of the program and
 * a tenth of the time until it runs. axios only takes these apart at the start.
 */
const LEFT_OUT: Readonly<Record<string, string>> = {
  "form-data": "export default class FormData {}",
  "follow-redirects":
    'import http from "node:http"; import https from "node:https"; export default { http, https };',
};

const leaveOut: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "leave-out",
  setup(build) {
    build.onResolve({ filter: /^(form-data|follow-redirects)$/ }, ({ path }) => ({
      path,
      namespace: "left-out",
    }));
    build.onLoad({ filter: /.*/, namespace: "left-out" }, ({ path }) => ({
      contents: LEFT_OUT[path] ?? "",
    }));
  },
};

export default defineConfig({
  ...appBuild({ main: "src/main.ts", tasks: "src/tasks.ts" }),
  // axios comes as a hundred small files: in one piece the program and each thread start sooner.
  noExternal: ["@concur/flags-common", "axios"],
  esbuildPlugins: [leaveOut],
  minify: true,
  // What axios depends on is CommonJS, and asks for Node's modules in its own way.
  banner: {
    js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
  },
});
