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
