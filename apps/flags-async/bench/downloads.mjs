// Times the download programs, the Python programs, node:http by itself and curl against the flag-server, 194 flags, in interleaved rounds.
//
//   node bench/downloads.mjs [label] [width] [rounds]     (defaults: LOCAL 30 5)
//
// "whole" is the time of the process, "own" what the program says itself, in seconds: minimum and median.
// The Python programs need /usr/bin/python3 with Debian's python3-aiohttp, python3-requests and python3-tqdm.
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FLAG_COUNTRY_CODES, launchFlagServer } from "@concur/flag-server";

const [label = "LOCAL", width = "30", rounds = "5"] = process.argv.slice(2);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

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
    ? "-"
    : `${Math.min(...numbers).toFixed(2)} / ${median(numbers).toFixed(2)}`;

const folder = await mkdtemp(join(tmpdir(), "flags-bench-"));
const server = await launchFlagServer({ port: 0, listeners: [label] });
try {
  const url = server.urls[label];
  const codes = FLAG_COUNTRY_CODES.map((cc) => cc.toLowerCase());
  const config = codes
    .map((cc) => `url = "${url}/${cc}/${cc}.gif"\noutput = "${cc}.gif"\n`)
    .join("");
  await writeFile(join(folder, "curl.txt"), config);
  const ours = ["-a", "-m", width, "-s", label, "--base-url", url];
  const python = (name) => ["/usr/bin/python3", [here(name), url, width, ...codes]];
  const contestants = {
    "flags-async": [process.execPath, [here("../dist/main.js"), ...ours]],
    "python-async": python("python-async.py"),
    "flags-threaded": [process.execPath, [here("../../flags-threaded/dist/main.js"), ...ours]],
    "python-threads": python("python-threads.py"),
    "node:http alone": [process.execPath, [here("node-http.mjs"), url, width, ...codes]],
    curl: ["curl", ["-sS", "--parallel", "--parallel-max", width, "--config", "curl.txt"]],
  };
  const times = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = 0; round < Number(rounds); round += 1) {
    for (const [name, [command, args]] of Object.entries(contestants)) {
      times[name].push(await time(command, args, folder));
    }
  }
  console.log(`${label}, ${width} wide, ${rounds} rounds: minimum / median in seconds`);
  for (const [name, results] of Object.entries(times)) {
    const [whole, own] = [results.map((r) => r.whole), results.map((r) => r.own)];
    console.log(`${name.padEnd(16)} whole ${show(whole)}  own ${show(own)}`);
  }
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
