import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Says whether a process exists; one that is dead and not buried does, too. */
export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Says whether a process runs: it exists and is no zombie. */
export function isAlive(pid: number): boolean {
  if (!exists(pid)) return false;
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return exists(pid);
  }
}

/** Settles when no process of the list runs any more; the limit of the test ends it otherwise. */
export async function whenGone(pids: readonly number[]): Promise<void> {
  while (pids.some(isAlive)) await sleep(5);
}

/** The children of this process that are dead or alive, where the system tells. */
export function children(): number[] {
  const tasks = `/proc/${process.pid}/task`;
  return readdirSync(tasks).flatMap((task) =>
    readFileSync(`${tasks}/${task}/children`, "utf8").split(" ").filter(Boolean).map(Number),
  );
}
