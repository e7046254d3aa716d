import { setTimeout as sleep } from "node:timers/promises";

/** Waits until something holds that nothing tells of; a test in which it never does runs into its time limit. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(1);
}
