import { readFileSync } from "node:fs";
import { availableParallelism, cpus, freemem, loadavg, totalmem } from "node:os";

/** What of a machine matters for concurrency; undefined where it cannot be known. */
export interface DoctorFacts {
  readonly cpu: string;
  /** Processors that the system has. */
  readonly processors: number;
  /** Processors that this process may use, as Node counts them. */
  readonly available: number;
  /** Which ones these are, as Linux writes it: `0-3,8`. */
  readonly affinity: string | undefined;
  /** How many processors' time the control group allows; may be a fraction. */
  readonly cgroupCpus: number | undefined;
  /** How much memory the control group allows. */
  readonly cgroupMemoryBytes: number | undefined;
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
  readonly load: number;
  readonly node: string;
  readonly platform: string;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}

/** Finds the files of this process's control group, version 2 or 1, from the innermost group outwards. */
function* cgroupFolders(controller: string): Generator<string> {
  for (const line of (read("/proc/self/cgroup") ?? "").split("\n")) {
    const [, controllers = "", path = ""] = line.split(":");
    const isVersion2 = controllers === "";
    if (!isVersion2 && !controllers.split(",").includes(controller)) continue;
    const root = isVersion2 ? "/sys/fs/cgroup" : `/sys/fs/cgroup/${controller}`;
    const parts = path.split("/").filter((part) => part !== "");
    for (let depth = parts.length; depth >= 0; depth -= 1) {
      yield [root, ...parts.slice(0, depth)].join("/");
    }
  }
}

/** Reads the limit of `cpu.max` ("200000 100000" or "max 100000"): processors, or nothing without a limit. */
export function parseCpuMax(text: string): number | undefined {
  const [quota, period] = text.split(/\s+/).map(Number);
  return quota !== undefined && period !== undefined && quota > 0 && period > 0
    ? quota / period
    : undefined;
}

function cgroupCpus(): number | undefined {
  const limits: number[] = [];
  for (const folder of cgroupFolders("cpu")) {
    const quota = read(`${folder}/cpu.cfs_quota_us`);
    const period = read(`${folder}/cpu.cfs_period_us`);
    const text = read(`${folder}/cpu.max`) ?? `${quota ?? ""} ${period ?? ""}`;
    const limit = parseCpuMax(text);
    if (limit !== undefined) limits.push(limit);
  }
  // Every group on the way limits what is in it.
  return limits.length === 0 ? undefined : Math.min(...limits);
}

function cgroupMemory(): number | undefined {
  const limits: number[] = [];
  for (const folder of cgroupFolders("memory")) {
    const text = read(`${folder}/memory.max`) ?? read(`${folder}/memory.limit_in_bytes`);
    const limit = Number(text ?? "max");
    // Version 1 writes "no limit" as a number beyond any memory.
    if (limit > 0 && limit < 2 ** 60) limits.push(limit);
  }
  return limits.length === 0 ? undefined : Math.min(...limits);
}

/** Looks at the machine. */
export function readFacts(): DoctorFacts {
  const status = read("/proc/self/status");
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    processors: cpus().length,
    available: availableParallelism(),
    affinity: /^Cpus_allowed_list:\s*(.+)$/m.exec(status ?? "")?.[1],
    cgroupCpus: cgroupCpus(),
    cgroupMemoryBytes: cgroupMemory(),
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
    load: loadavg()[0] ?? 0,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
  };
}
