import { execFileSync } from "node:child_process";
import os from "node:os";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));

function git(...args) {
  try {
    return execFileSync("git", args, { cwd: here, encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return undefined;
  }
}

/** Says on what the numbers were measured. */
export function machineFacts() {
  return {
    cpu: os.cpus()[0]?.model ?? "unknown",
    cores: os.availableParallelism(),
    memoryGb: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.versions.node,
  };
}

/** Says which code was measured: the commit, and whether the files are the commit's. */
export function commitFacts() {
  return {
    commit: git("rev-parse", "--short", "HEAD") ?? "unknown",
    changed: git("status", "--porcelain", "--untracked-files=no") !== "",
  };
}

export function loadAverage() {
  return os.loadavg().map((load) => Math.round(load * 100) / 100);
}
