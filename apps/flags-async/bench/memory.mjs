// Downloads one large file with flags-async and with flags-threaded, and prints the most memory that each had resident, as
// Linux counts it (VmHWM). Build both programs before.
//
//   node bench/memory.mjs [megabytes=100] [folder=the one for temporary files] [program…]
//
// The folder needs room for the file, which is removed after each run.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const [megabytes = "100", folder = tmpdir(), ...programs] = process.argv.slice(2);
const byteLength = Number(megabytes) * 1e6;

// In a process of its own, so that it shares neither memory nor time with the program.
const SERVER = `
import { createServer } from "node:http";
const zeros = Buffer.alloc(1 << 16);
const server = createServer((request, response) => {
  response.writeHead(200, { "Content-Length": ${byteLength}, ETag: '"zeros"' });
  let left = ${byteLength};
  const send = () => {
    while (left > 0) {
      const piece = zeros.subarray(0, Math.min(left, zeros.length));
      left -= piece.length;
      if (!response.write(piece)) return response.once("drain", send);
    }
    response.end();
  };
  send();
}).listen(0, "127.0.0.1", () => console.log(server.address().port));
`;
// Not process.resourceUsage(): that is not less than what the process had that started this one.
const WATCH = `
const { readFileSync, writeSync } = require("node:fs");
process.once("exit", () => {
  const [, peak] = /VmHWM:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "latin1")) ?? [];
  writeSync(2, "peak " + peak + "\\n");
});
`;

const work = mkdtempSync(join(folder, "memory-"));
const server = spawn(process.execPath, ["--input-type=module", "--eval", SERVER], {
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  const port = await new Promise((resolve) => {
    server.stdout.once("data", (data) => resolve(Number(String(data))));
  });
  const watch = join(work, "watch.cjs");
  writeFileSync(watch, WATCH);
  for (const program of programs.length > 0 ? programs : ["flags-async", "flags-threaded"]) {
    const { peak, seconds } = await measure(program, port, watch);
    console.log(
      `${program}, Node ${process.versions.node}: ${megabytes} MB in ${seconds} s, ${(peak / 1000).toFixed(1)} MB resident`,
    );
  }
} finally {
  server.kill();
  rmSync(work, { recursive: true, force: true });
}

async function measure(program, port, watch) {
  const entry = fileURLToPath(new URL(`../../${program}/dist/main.js`, import.meta.url));
  const out = join(work, "files");
  const args = ["--urls", "-", "--out", out, "--max-bytes", String(byteLength)];
  const child = spawn(process.execPath, ["--require", watch, entry, ...args], {
    stdio: ["pipe", "ignore", "pipe"],
  });
  const startedAt = performance.now();
  child.stdin.end(`http://127.0.0.1:${port}/zeros.bin\n`);
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0 || statSync(join(out, "zeros.bin")).size !== byteLength) {
    throw new Error(`${program} failed (${code}): ${stderr}`);
  }
  rmSync(out, { recursive: true });
  const kibibytes = Number(/peak (\d+)/.exec(stderr)?.[1]);
  return {
    peak: (kibibytes * 1024) / 1000,
    seconds: ((performance.now() - startedAt) / 1000).toFixed(1),
  };
}
