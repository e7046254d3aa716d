// @boundaries-ignore the settings that all packages share stand at the top
import { jestConfig } from "../../jest.base.mjs";

const shared = jestConfig();

export default {
  ...shared,
  moduleNameMapper: {
    // Sources are tested as they are, but a worker is a program of its own: the built one.
    "/worker-url\\.js$": "<rootDir>/test/support/worker-url.ts",
    ...shared.moduleNameMapper,
  },
};
