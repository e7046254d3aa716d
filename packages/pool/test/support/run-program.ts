import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { PROGRAM_LIMIT_MS } from "./limits.js";

/** How a program ended, and what it printed. */
export interface ProgramEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program of test/fixtures/programs in a process of its own, until it ends by itself.
 *
 * What it imports as "@concur/pool" is the built package. One that does not end is killed, and the promise rejects
 * with what it had printed. `flags` are for Node, `args` for the program; one with much to do may take longer.
 */
export function runProgram(
  name: string,
  flags: readonly string[] = [],
  args: readonly string[] = [],
  watchdogMs = PROGRAM_LIMIT_MS,
): Promise<ProgramEnd> {
  const path = fileURLToPath(new URL(`../fixtures/programs/${name}`, import.meta.url));
  return runProgramAt(path, flags, args, watchdogMs);
}

/** Runs a program that lies anywhere, in the same way. */
export function runProgramAt(
  path: string,
  flags: readonly string[] = [],
  args: readonly string[] = [],
  watchdogMs = PROGRAM_LIMIT_MS,
): Promise<ProgramEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...flags, path, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const watchdog = setTimeout(() => {
      child.kill("SIGKILL");
      reject(
        new Error(
          `${path} did not end within ${watchdogMs} ms; stdout: ${stdout}; stderr: ${stderr}`,
        ),
      );
    }, watchdogMs);
    child.on("error", (error) => {
      clearTimeout(watchdog);
      reject(error);
    });
    child.on("close", (exitCode) => {
      clearTimeout(watchdog);
      resolve({ exitCode, stdout, stderr });
    });
  });
}

/** Is how a program ends that printed these lines, nothing to stderr, and then simply ended. */
export function printed(...lines: readonly string[]): ProgramEnd {
  return { exitCode: 0, stdout: lines.map((line) => `${line}\n`).join(""), stderr: "" };
}
