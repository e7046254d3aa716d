import { fileURLToPath } from "node:url";

/** Settings shared by the tests of every package: ES modules, TypeScript through swc, real workers and sockets. */
export function jestConfig(overrides = {}) {
  return {
    testEnvironment: "node",
    setupFilesAfterEnv: [fileURLToPath(new URL("jest.setup.cjs", import.meta.url))],
    roots: ["<rootDir>/src", "<rootDir>/test"],
    testMatch: ["<rootDir>/test/**/*.test.ts"],
    extensionsToTreatAsEsm: [".ts"],
    transform: {
      "^.+\\.ts$": [
        "@swc/jest",
        {
          jsc: {
            parser: { syntax: "typescript", explicitResourceManagement: true },
            target: "es2022",
          },
          module: { type: "es6" },
          sourceMaps: "inline",
        },
      ],
    },
    // Sources import "./x.js", as Node wants it; the file on disk is x.ts.
    moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
    coverageProvider: "v8",
    collectCoverageFrom: ["<rootDir>/src/**/*.ts"],
    ...overrides,
  };
}
