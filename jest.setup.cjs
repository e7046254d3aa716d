"use strict";

const { existsSync } = require("node:fs");
const { dirname, join } = require("node:path");

// The tests of a package run in its folder, also in a run of all packages.
let folder = dirname(expect.getState().testPath);
while (!existsSync(join(folder, "jest.config.mjs"))) folder = dirname(folder);
process.chdir(folder);
