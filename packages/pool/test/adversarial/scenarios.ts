import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { runWatched } from "../lib/run-watched.mjs";

const runner = fileURLToPath(new URL("lib/run-scenarios.mjs", import.meta.url));
/** What a program of its own proves; see lib/scenario.mjs. */
export interface Scenario {
  readonly file: string;
  readonly title: string;
  readonly kinds: readonly string[];
  readonly flags: readonly string[];
  readonly ulimit?: number;
  readonly alone: boolean;
}

export function listScenarios(): Scenario[] {
  const { status, stdout, stderr } = spawnSync(process.execPath, [runner, "--list"], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Scenario[];
}

/** Runs scenarios of one file; gives for each title "held", or what was seen instead. */
export async function runScenarios(
  scenarios: readonly Scenario[],
  kind: string,
): Promise<Map<string, string>> {
  const ends = new Map<string, string>();
  const together = scenarios.filter(({ alone }) => !alone);
  while (together.length > 0) {
    const { held, seen } = await runTogether(together, kind);
    for (const { title } of together.splice(0, held)) ends.set(title, "held");
    const failed = together.shift();
    if (failed !== undefined) ends.set(failed.title, seen);
  }
  for (const one of scenarios.filter(({ alone }) => alone)) {
    const { held, seen } = await runTogether([one], kind);
    ends.set(one.title, held === 1 ? "held" : seen);
  }
  return ends;
}

/** Runs scenarios in one process until one does not hold. */
async function runTogether(
  scenarios: readonly Scenario[],
  kind: string,
): Promise<{ held: number; seen: string }> {
  const [first] = scenarios;
  if (first === undefined) throw new RangeError("there is nothing to run");
  const { file, flags, ulimit } = first;
  const args = [...flags, runner, file, kind, ...scenarios.map(({ title }) => title)];
  const { exitCode, signal, stdout, stderr } = await runWatched(args, { ulimit });
  const held = stdout.split("\n").filter((line) => line === "held").length;
  return { held, seen: `${signal ?? `exit ${exitCode}`}: ${stderr.slice(0, 4000)}` };
}
