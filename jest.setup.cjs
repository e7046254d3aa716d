"use strict";

const { existsSync } = require("node:fs");
const { dirname, join } = require("node:path");
const { runInThisContext } = require("node:vm");

// The tests of a package run in its folder, also in a run of all packages.
let folder = dirname(expect.getState().testPath);
while (!existsSync(join(folder, "jest.config.mjs"))) folder = dirname(folder);
process.chdir(folder);

// On a terminal Jest forces colours upon its workers, and so upon every program that a test starts: what such a program prints would
// depend on where the tests run. The certificates that this machine trusts besides are parsed by every Node that starts, which can
// be a third of its start; tests meet none of them. The variables are in the environment of this process, of which Jest gives tests
// a copy.
for (const { env } of [process, runInThisContext("process")]) {
  delete env.FORCE_COLOR;
  delete env.NODE_EXTRA_CA_CERTS;
}
