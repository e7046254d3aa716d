import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const LIMIT_MS = 240_000;

/** Runs a program of test/fixtures/programs in a process of its own, and gives what it printed and its exit code; kills one that hangs. */
export function runProgram(name: string): Promise<{ stdout: string; code: number | null }> {
  const path = fileURLToPath(new URL(`../fixtures/programs/${name}`, import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path], { stdio: ["ignore", "pipe", "inherit"] });
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    const watchdog = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`${name} did not end; it printed: ${stdout}`));
    }, LIMIT_MS);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(watchdog);
      resolve({ stdout, code });
    });
  });
}
