import { spawn } from "node:child_process";

/** A program that has printed nothing for so long hangs, whatever its own watchdog says. */
const QUIET_MS = 300_000;

/** Runs Node with these arguments, and kills it when it is quiet for too long. `ulimit` bounds its open files. */
export function runWatched(args, { ulimit, quietMs = QUIET_MS, cwd } = {}) {
  const all = ["--disable-warning=ExperimentalWarning", ...args];
  const options = { stdio: ["ignore", "pipe", "pipe"], cwd };
  const child =
    ulimit === undefined
      ? spawn(process.execPath, all, options)
      : spawn(
          "sh",
          ["-c", `ulimit -n ${ulimit}; exec "$0" "$@"`, process.execPath, ...all],
          options,
        );
  return new Promise((resolve, reject) => {
    let stdout = "";
    let stderr = "";
    const watch = () => setTimeout(() => child.kill("SIGKILL"), quietMs);
    let watchdog = watch();
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
      clearTimeout(watchdog);
      watchdog = watch();
    });
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    child.on("error", reject);
    child.on("close", (exitCode, signal) => {
      clearTimeout(watchdog);
      resolve({ exitCode, signal, stdout, stderr });
    });
  });
}
