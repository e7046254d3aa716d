// @boundaries-ignore the settings that all packages share stand at the top
import { jestConfig } from "../../jest.base.mjs";

const shared = jestConfig();

export default {
  ...shared,
  // A safety net against hangs, and no measure of speed: it stands above all limits of test/support/limits.ts.
  testTimeout: 600_000,
  // Most of what tests wait for happens in other threads and processes.
  maxWorkers: "100%",
  moduleNameMapper: {
    // Sources are tested as they are, but a worker is a program of its own: the built one.
    "^\\.{1,2}/worker-url\\.js$": "<rootDir>/test/support/worker-url.ts",
    ...shared.moduleNameMapper,
  },
};
