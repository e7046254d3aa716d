import { spawn } from "node:child_process";

/** How a program ended, and what it printed. */
export interface WatchedEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that has printed nothing for so long hangs, whatever its own watchdog says. */
const QUIET_MS = 60_000;

/** Runs Node with these arguments, and kills it when it is quiet for too long. `ulimit` bounds its open files. */
export function runWatched(
  args: readonly string[],
  { ulimit, quietMs = QUIET_MS }: { ulimit?: number | undefined; quietMs?: number } = {},
): Promise<WatchedEnd> {
  const all = ["--disable-warning=ExperimentalWarning", ...args];
  const [command, ...words] =
    ulimit === undefined
      ? [process.execPath, ...all]
      : ["sh", "-c", `ulimit -n ${ulimit}; exec "$0" "$@"`, process.execPath, ...all];
  const child = spawn(command, words, { stdio: ["ignore", "pipe", "pipe"] });
  return new Promise((resolve, reject) => {
    let stdout = "";
    let stderr = "";
    const watch = (): NodeJS.Timeout => setTimeout(() => child.kill("SIGKILL"), quietMs);
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
      resolve({ exitCode, signal, stdout, stderr });
    });
  });
}
