import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL(".", import.meta.url));
const projects = ["packages", "apps", "examples"].flatMap((group) =>
  readdirSync(new URL(group, import.meta.url)).map((name) => `<rootDir>/${group}/${name}`),
);

/** All tests of the repository in one run: the workers of jest are kept busy by whatever package has tests left. */
export default {
  rootDir: root,
  projects,
  // Many tests wait for programs, sockets and clocks, so a worker more than there are cores has work to do.
  maxWorkers: availableParallelism() + 1,
  // Jest keeps what a test file has loaded.
  workerIdleMemoryLimit: "1GB",
  // A process that gives back so much memory needs more than half a second for it, where cores are busy.
  workerGracefulExitTimeout: 60_000,
  coverageReporters: ["text-summary", "json-summary"],
  // For what hangs: no machine may be too slow.
  testTimeout: 600_000,
  reporters: ["<rootDir>/scripts/lib/test-reporter.mjs"],
};
