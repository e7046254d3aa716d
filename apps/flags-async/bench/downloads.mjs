// Times the download programs and curl against the flag-server, 194 flags, 30 wide, in interleaved rounds.
//
//   node bench/downloads.mjs [rounds]
//
// "whole" is the time of the process, "own" what the program says itself, in seconds: minimum and median.
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FLAG_COUNTRY_CODES, launchFlagServer } from "@concur/flag-server";

const WIDTH = "30";
const rounds = Number(process.argv[2] ?? 5);
const program = (name) => fileURLToPath(new URL(`../../${name}/dist/main.js`, import.meta.url));

function time(command, args, cwd) {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "ignore"] });
    let stdout = "";
    child.stdout.on("data", (chunk) => (stdout += chunk));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code !== 0 && code !== 1) return reject(new Error(`${command} ended with ${code}`));
      const own = Number(/^Elapsed time: (.*)s$/m.exec(stdout)?.[1] ?? NaN);
      resolve({ whole: (performance.now() - start) / 1000, own });
    });
  });
}

const median = (numbers) => numbers.toSorted((one, other) => one - other)[numbers.length >> 1];
const show = (numbers) =>
  Number.isNaN(numbers[0])
    ? ""
    : `${Math.min(...numbers).toFixed(2)} / ${median(numbers).toFixed(2)}`;

const folder = await mkdtemp(join(tmpdir(), "flags-bench-"));
const server = await launchFlagServer({ port: 0 });
for (const [label, url] of Object.entries(server.urls)) {
  const config = FLAG_COUNTRY_CODES.map((cc) => cc.toLowerCase())
    .map((cc) => `url = "${url}/${cc}/${cc}.gif"\noutput = "${cc}.gif"\n`)
    .join("");
  await writeFile(join(folder, "curl.txt"), config);
  const ours = ["-a", "-m", WIDTH, "-s", label, "--base-url", url];
  const contestants = {
    "flags-async": [process.execPath, [program("flags-async"), ...ours]],
    "flags-threaded": [process.execPath, [program("flags-threaded"), ...ours]],
    curl: ["curl", ["-sS", "--parallel", "--parallel-max", WIDTH, "--config", "curl.txt"]],
  };
  const times = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, [command, args]] of Object.entries(contestants)) {
      times[name].push(await time(command, args, folder));
    }
  }
  for (const [name, results] of Object.entries(times)) {
    const [whole, own] = [results.map((r) => r.whole), results.map((r) => r.own)];
    console.log(`${label.padEnd(6)} ${name.padEnd(15)} whole ${show(whole)}  own ${show(own)}`);
  }
}
await server.stop();
await rm(folder, { recursive: true, force: true });
