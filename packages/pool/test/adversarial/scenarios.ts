import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const runner = fileURLToPath(new URL("lib/run-scenarios.mjs", import.meta.url));
/** A program that has printed nothing new for so long hangs, whatever its own watchdog says. */
const WATCHDOG_MS = 60_000;

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
function runTogether(
  scenarios: readonly Scenario[],
  kind: string,
): Promise<{ held: number; seen: string }> {
  const [first] = scenarios;
  if (first === undefined) throw new RangeError("there is nothing to run");
  const { file, flags, ulimit } = first;
  const args = [
    "--disable-warning=ExperimentalWarning",
    ...flags,
    runner,
    file,
    kind,
    ...scenarios.map(({ title }) => title),
  ];
  const child =
    ulimit === undefined
      ? spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] })
      : spawn("sh", ["-c", `ulimit -n ${ulimit}; exec "$0" "$@"`, process.execPath, ...args], {
          stdio: ["ignore", "pipe", "pipe"],
        });
  return new Promise((resolve, reject) => {
    let stdout = "";
    let stderr = "";
    const watch = (): NodeJS.Timeout => setTimeout(() => child.kill("SIGKILL"), WATCHDOG_MS);
    let watchdog = watch();
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      clearTimeout(watchdog);
      watchdog = watch();
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", (exitCode, signal) => {
      clearTimeout(watchdog);
      const held = stdout.split("\n").filter((line) => line === "held").length;
      resolve({ held, seen: `${signal ?? `exit ${exitCode}`}: ${stderr.slice(0, 4000)}` });
    });
  });
}
