// Linux tells more about CPU time than Node does, in ticks of 10 ms.
import { readFileSync } from "node:fs";

const MS_PER_TICK = 10;

function sumMs(ticks) {
  return ticks.reduce((sum, count) => sum + Number(count), 0) * MS_PER_TICK;
}

/** CPU time that all programs together have used, in milliseconds; undefined where the system does not tell. */
export function machineCpuMs() {
  try {
    // "user nice system idle iowait irq softirq steal"
    const [, ...ticks] = readFileSync("/proc/stat", "utf8").split("\n", 1)[0].split(/\s+/);
    const [user, nice, system, , , irq, softirq, steal] = ticks;
    return sumMs([user, nice, system, irq, softirq, steal]);
  } catch {
    return undefined;
  }
}

/** CPU time of this process, and of its children that have ended where the system tells, in milliseconds. */
export function ownCpuMs() {
  try {
    const stat = readFileSync("/proc/self/stat", "utf8");
    // After the name: the state is the 3rd field, and the 14th to the 17th are the times.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return sumMs(fields.slice(11, 15));
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
}
