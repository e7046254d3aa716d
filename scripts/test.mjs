// Builds what the tests run, and runs the tests of all packages. Arguments go to jest. The long tests, which look for faults by
// chance and by malice, run with --long, or where a path names them.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const jest = createRequire(import.meta.url).resolve("jest/bin/jest");

function run(args) {
  const { status, signal } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? (signal === "SIGINT" ? 130 : 1));
}

const LONG = "(adversarial|chaos|differential)";
const LONG_FILES = `/test/${LONG}/`;
const given = process.argv.slice(2);
const args = given.filter((word) => word !== "--long");
if (args.length < given.length) args.push(LONG_FILES);
else if (!args.some((word) => word.search(LONG) >= 0)) {
  args.push(`--testPathIgnorePatterns=${LONG_FILES}`);
}

run(["scripts/build.mjs"]);
run(["--experimental-vm-modules", "--no-warnings=ExperimentalWarning", jest, ...args]);
