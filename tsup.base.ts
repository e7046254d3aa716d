import type { Options } from "tsup";

/** Settings shared by every published package: ESM, CommonJS and both kinds of types. */
export function libraryBuild(entry: Record<string, string>, typed = Object.keys(entry)): Options {
  return {
    entry,
    format: ["esm", "cjs"],
    dts: {
      entry: Object.fromEntries(typed.map((name) => [name, entry[name] ?? ""])),
      // tsup sets baseUrl, which TypeScript 6 calls deprecated.
      compilerOptions: { ignoreDeprecations: "6.0" },
    },
    target: "node20",
    platform: "node",
    sourcemap: true,
    clean: true,
    splitting: false,
    // tsup 8 would turn "node:fs" into "fs".
    removeNodeProtocol: false,
  };
}

/** Settings of the apps: one ESM program, no types. */
export function appBuild(entry: Record<string, string>): Options {
  return {
    entry,
    format: ["esm"],
    target: "node20",
    platform: "node",
    sourcemap: true,
    clean: true,
    splitting: false,
    removeNodeProtocol: false,
  };
}

/** What is put in place of modules that axios takes apart at its start, and that no download uses. */
const LEFT_OUT_OF_AXIOS: Readonly<Record<string, string>> = {
  // For uploads.
  "form-data": "export default class FormData {}",
  // For redirects, which are followed by our own rules.
  "follow-redirects":
    'import http from "node:http"; import https from "node:https"; export default { http, https };',
  // For browsers; to ask whether there is a Request makes Node load its own fetch.
  "./fetch.js": "export function getFetch() {} export default undefined;",
};

const leaveOut: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "leave-out",
  setup(build) {
    build.onResolve(
      { filter: /^(form-data|follow-redirects|\.\/fetch\.js)$/ },
      ({ path, importer }) =>
        /[\\/]axios[\\/]/.test(importer) ? { path, namespace: "left-out" } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "left-out" }, ({ path }) => ({
      contents: LEFT_OUT_OF_AXIOS[path] ?? "",
    }));
  },
};

/**
 * Settings of the download programs: axios is built in, as it comes as a hundred small files, without what would be half
 * of the program and a tenth of the time until it runs.
 */
export function downloaderBuild(entry: Record<string, string>): Options {
  return {
    ...appBuild(entry),
    noExternal: ["@concur/flags-common", "axios"],
    esbuildPlugins: [leaveOut],
    minify: true,
    // What axios depends on is CommonJS, and asks for Node's modules in its own way.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  };
}
