import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import type { MachineFacts } from "./model.js";

/** Looks at the machine. */
export function machineFacts(): MachineFacts {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown processor",
    cores: availableParallelism(),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    memoryBytes: totalmem(),
    load: loadavg()[0] ?? 0,
  };
}
