import type { DoctorFacts } from "./facts.js";

/** What to take for one kind of work. */
export interface Recommendation {
  readonly executor: "AsyncExecutor" | "ThreadPoolExecutor";
  readonly maxWorkers: number;
  readonly reason: string;
}

/** How many connections one process keeps busy without trouble for itself or for most servers. */
const IO_WORKERS = 32;

/** Recommends executors and worker counts from what is known of the machine. */
export function recommend(
  facts: Pick<DoctorFacts, "available" | "cgroupCpus">,
): Record<"cpu" | "io", Recommendation> {
  const { available, cgroupCpus } = facts;
  const limited = cgroupCpus !== undefined && cgroupCpus < available;
  // More threads than processors' time would only be stopped by the control group in turn.
  const workers = limited ? Math.max(1, Math.floor(cgroupCpus)) : available;
  const reason = limited
    ? `the control group allows the time of ${cgroupCpus} processors`
    : "one per processor that this process may use";
  const alone = "one processor: threads free the event loop, make nothing faster";
  return {
    cpu: {
      executor: "ThreadPoolExecutor",
      maxWorkers: workers,
      reason: workers === 1 ? alone : reason,
    },
    io: {
      executor: "AsyncExecutor",
      maxWorkers: IO_WORKERS,
      reason: "waiting needs no threads; raise it where servers bear it",
    },
  };
}
