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

/** Settles when a process has been stopped by a signal, which the one who sends it does not wait for. */
export async function whenStopped(pid: number): Promise<void> {
  while (!/^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, "utf8"))) await sleep(1);
}

/** The children of this process that are dead or alive, where the system tells. */
export function children(): number[] {
  const tasks = `/proc/${process.pid}/task`;
  return readdirSync(tasks).flatMap((task) =>
    read(`${tasks}/${task}/children`).split(" ").filter(Boolean).map(Number),
  );
}

/** A thread may have ended since the folder was read. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
