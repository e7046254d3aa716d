// Runs one job in a process of its own, and tells how much of the machine others used meanwhile.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseAnswer } from "./answer.mjs";
import { machineCpuMs } from "./cpu.mjs";

const root = new URL("../..", import.meta.url);
const script = fileURLToPath(new URL("./child.mjs", import.meta.url));
const ERROR_CHARACTERS = 2000;

/** The last of what was printed, without the place of this folder: it goes into the results. */
function tidied(errors) {
  const text = errors.replaceAll(root.href, "").replaceAll(fileURLToPath(root), "");
  return text.trim().slice(-ERROR_CHARACTERS);
}

const running = new Set();

/** Ends a process with all that it has started, such as Python's workers. */
function killTree(child) {
  try {
    if (process.platform === "win32") child.kill("SIGKILL");
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** Ends all processes that are under way. */
export function killAll() {
  for (const child of running) killTree(child);
}

/**
 * Measures one cell with one contender.
 *
 * @returns `{ metrics, elapsedMs, othersMs }`, or `{ error }`; `othersMs` is the CPU time of all other programs.
 */
export function runProcess(job, limitMs) {
  return new Promise((resolve) => {
    const machineBefore = machineCpuMs();
    const start = performance.now();
    // A process group of its own, so that it can be ended with its children.
    const child = spawn(process.execPath, ["--expose-gc", script, JSON.stringify(job)], {
      stdio: ["ignore", "pipe", "pipe"],
      detached: process.platform !== "win32",
    });
    running.add(child);
    let output = "";
    let errors = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (errors += text));
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      killTree(child);
    }, limitMs);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      running.delete(child);
      const elapsedMs = performance.now() - start;
      const answer = parseAnswer(output);
      if (late) resolve({ error: `took longer than ${limitMs / 1000} s` });
      else if (answer === undefined) {
        resolve({ error: `ended with ${signal ?? code}: ${tidied(errors)}` });
      } else {
        const machineMs = machineCpuMs() - machineBefore;
        const othersMs = Math.max(0, machineMs - answer.cpuMs);
        resolve({ metrics: answer.metrics, elapsedMs, othersMs });
      }
    });
  });
}
