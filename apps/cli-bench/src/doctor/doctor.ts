import { print } from "../output.js";
import { readFacts, type DoctorFacts } from "./facts.js";
import { probe } from "./probes.js";
import { recommend } from "./recommend.js";

const GIBIBYTE = 2 ** 30;
const NAME_WIDTH = 22;

const gibibytes = (bytes: number): string => `${(bytes / GIBIBYTE).toFixed(1)} GiB`;

function line(name: string, value: string): void {
  print(`${name.padEnd(NAME_WIDTH)}${value}`);
}

function printFacts(facts: DoctorFacts): void {
  line("Node", `${facts.node}, ${facts.platform}`);
  line("processor", facts.cpu);
  line("processors", `${facts.processors}, of which Node may use ${facts.available}`);
  line("affinity", facts.affinity ?? "not known");
  line(
    "cgroup processors",
    facts.cgroupCpus === undefined ? "no limit" : facts.cgroupCpus.toFixed(2),
  );
  line("memory", `${gibibytes(facts.memoryBytes)}, ${gibibytes(facts.freeMemoryBytes)} free`);
  line(
    "cgroup memory",
    facts.cgroupMemoryBytes === undefined ? "no limit" : gibibytes(facts.cgroupMemoryBytes),
  );
  line("load of one minute", facts.load.toFixed(2));
}

async function printProbe(kind: "thread" | "process"): Promise<void> {
  const { startUpMs, roundTripMicroseconds } = await probe(kind);
  line(`${kind} start-up`, `${startUpMs.toFixed(1)} ms`);
  line(`${kind} round trip`, `${roundTripMicroseconds.toFixed(1)} µs`);
}

/** Prints what matters for concurrency on this machine, and what to take for which work. */
export async function runDoctor(): Promise<number> {
  const facts = readFacts();
  printFacts(facts);
  await printProbe("thread");
  await printProbe("process");
  const { cpu, io } = recommend(facts);
  print("");
  for (const [work, { executor, maxWorkers, reason }] of [
    ["work for a processor", cpu],
    ["waiting for others", io],
  ] as const) {
    line(work, `new ${executor}({ maxWorkers: ${maxWorkers} })`);
    // On a line of its own, or it would not fit 80 columns.
    line("", reason);
  }
  return 0;
}
