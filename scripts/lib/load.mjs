// Ways to make a machine busy while tests run. Each starts something and returns what ends it.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Ends by itself when its parent is gone: `process.ppid` asks the system each time. */
const WHILE_PARENT_LIVES = "const parent = process.ppid; while (process.ppid === parent)";
const BUSY = `${WHILE_PARENT_LIVES} for (let n = 0; n < 1e7; n += 1);`;
const FSYNC = `
  const { openSync, writeSync, fsyncSync, closeSync, rmSync } = require("node:fs");
  const bytes = Buffer.alloc(1 << 20, 7);
  ${WHILE_PARENT_LIVES} {
    const file = openSync("storm", "w");
    for (let n = 0; n < 8; n += 1) { writeSync(file, bytes); fsyncSync(file); }
    closeSync(file);
    rmSync("storm");
  }`;

function start(program, cwd) {
  const child = spawn(process.execPath, ["-e", program], { stdio: "ignore", cwd });
  return () => child.kill("SIGKILL");
}

/** Loops that never rest, so many for each core. */
export function busyLoops(perCore) {
  const ends = Array.from({ length: perCore * availableParallelism() }, () => start(BUSY));
  return () => ends.forEach((end) => end());
}

/** Writes to the disk of the temporary folder, and waits for it, without end. */
export function slowDisk() {
  const folder = mkdtempSync(join(tmpdir(), "concur-load-"));
  const end = start(FSYNC, folder);
  return () => {
    end();
    rmSync(folder, { recursive: true, force: true });
  };
}

/** Options of Node, for all programs that the tests start as well. */
export function nodeOptions({ heapMegabytes, slowLoopMs }) {
  const options = [process.env.NODE_OPTIONS ?? ""];
  if (heapMegabytes !== undefined) options.push(`--max-old-space-size=${heapMegabytes}`);
  if (slowLoopMs !== undefined) {
    const preload = fileURLToPath(new URL("slow-loop.cjs", import.meta.url));
    options.push(`--require=${JSON.stringify(preload)}`);
  }
  return options.join(" ").trim();
}
