import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";

/** The folders of the workspace, as pnpm-workspace.yaml names them. */
const GROUPS = ["packages", "apps", "examples"];

/**
 * Installs what is missing. A first run with `--filter` installs what one program needs, and pnpm then takes the whole
 * workspace for installed.
 */
export function installMissing() {
  const members = GROUPS.flatMap((group) => readdirSync(group).map((name) => `${group}/${name}`));
  const isInstalled = (member) =>
    existsSync(`${member}/node_modules`) || !existsSync(`${member}/package.json`);
  if ([...members, "benchmarks"].every(isInstalled)) return;
  console.error("Installing...");
  const { status } = spawnSync("pnpm", ["install", "--frozen-lockfile", "--silent"], {
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0) process.exit(status ?? 1);
}
