import { readFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { resolve } from "node:path";
import type { Options } from "tsup";

/** Settings shared by every published package: its JavaScript, as ES modules and CommonJS. */
export function libraryBuild(entry: Record<string, string>): Options {
  return {
    entry,
    format: ["esm", "cjs"],
    target: "node20",
    platform: "node",
    sourcemap: true,
    // The type declarations are built by themselves: programs and tests need none of them.
    clean: ["!**/*.d.{ts,cts}"],
    splitting: false,
    // tsup 8 would turn "node:fs" into "fs".
    removeNodeProtocol: false,
  };
}

/** Settings shared by every published package: its type declarations, for ES modules and CommonJS. */
export function libraryTypes(entry: Record<string, string>): Options {
  return {
    entry,
    format: ["esm", "cjs"],
    dts: {
      only: true,
      entry,
      // tsup sets baseUrl, which TypeScript 6 calls deprecated.
      compilerOptions: { ignoreDeprecations: "6.0" },
    },
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

/** What is put in place of modules that axios takes apart at its start, by the path that axios imports them with. */
const IN_PLACE: Readonly<Record<string, string>> = {
  // For uploads.
  "form-data": "export default class FormData {}",
  "../env/classes/FormData.js": "export default undefined;",
  // For redirects, which are followed by our own rules.
  "follow-redirects":
    'import http from "node:http"; import https from "node:https"; export default { http, https };',
  // For browsers.
  "./fetch.js": "export function getFetch() {} export default undefined;",
  // For the boundaries in forms.
  crypto: "export default {};",
  // For proxies: it is loaded with the first request that meets one.
  "./http.js": 'export default async (config) => (await import("./http.js")).default(config);',
};

const leanPrograms: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "lean-programs",
  setup(build) {
    build.onResolve({ filter: /./ }, ({ path, importer, resolveDir, namespace }) =>
      Object.hasOwn(IN_PLACE, path) && namespace === "file" && /[\\/]axios[\\/]/.test(importer)
        ? { path, namespace: "in-place", pluginData: resolveDir }
        : undefined,
    );
    build.onLoad({ filter: /./, namespace: "in-place" }, ({ path, pluginData }) => ({
      contents: IN_PLACE[path] ?? "",
      resolveDir: String(pluginData),
    }));
    // From the sources: of a package that was made one file, what is not used cannot be told from what has an effect.
    build.onResolve({ filter: /^@concur\/(flags-common|pool)(\/worker)?$/ }, ({ path }) => {
      const [, name = "", entry = "index"] = path.split("/");
      return { path: resolve("../../packages", name, `src/${entry}.ts`), sideEffects: false };
    });
    // `import` reads every export of a module of Node, and one of http's makes it load its WebSocket; `require` reads none.
    build.onResolve({ filter: /./ }, ({ path, namespace }) => {
      if (!isBuiltin(path)) return undefined;
      return namespace === "required" ? { path, external: true } : { path, namespace: "required" };
    });
    build.onLoad({ filter: /./, namespace: "required" }, ({ path }) => ({
      contents: `module.exports = require("${path}");`,
    }));
    // To ask whether there is a FormData makes Node load its own fetch, which takes longer than all of axios.
    build.onLoad({ filter: /[\\/]axios[\\/]lib[\\/]utils\.js$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      if (!source.includes("G.FormData")) throw new Error("axios asks for FormData in another way");
      return { contents: source.replaceAll("G.FormData", "undefined") };
    });
    // A thread has no command line, and need not load what only that uses.
    build.onResolve(
      { filter: /^(argparse|cli-progress)$/ },
      async ({ path, pluginData, ...from }) => {
        if (pluginData === "resolving") return undefined;
        const resolved = await build.resolve(path, { ...from, pluginData: "resolving" });
        return { ...resolved, sideEffects: false };
      },
    );
  },
};

/**
 * Settings of the download programs: all but the server is built in, without what they do not use. A good part of a short
 * run is the time until the program is loaded.
 */
export function downloaderBuild(entry: Record<string, string>): Options {
  return {
    ...appBuild(entry),
    // What is imported only when it is needed is a file of its own.
    splitting: true,
    noExternal: ["@concur/flags-common", "@concur/pool"],
    esbuildPlugins: [leanPrograms],
    minify: true,
    // What axios depends on is CommonJS, and asks for Node's modules in its own way.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  };
}
