// Builds what the tests run, and runs the tests of all packages. Arguments go to jest.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const jest = createRequire(import.meta.url).resolve("jest/bin/jest");

function run(args, env = process.env) {
  const { status, signal } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: "inherit",
    env,
  });
  if (status !== 0) process.exit(status ?? (signal === "SIGINT" ? 130 : 1));
}

run(["scripts/build.mjs"]);
run([
  "--experimental-vm-modules",
  "--no-warnings=ExperimentalWarning",
  jest,
  ...process.argv.slice(2),
]);
