// Measures how many requests for a flag each server answers in a second, with wrk (apt-get install wrk).
// All rounds of all contenders are interleaved, so that a busy moment of the machine hits them alike.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";

const ROUNDS = Number(process.argv[2] ?? 3);
const SECONDS = Number(process.argv[3] ?? 3);
const CONNECTIONS = 16;
const SERVER = fileURLToPath(new URL("server.mjs", import.meta.url));
const names = JSON.parse(execFileSync(process.execPath, [SERVER], { encoding: "utf8" }));

function wrk(url, seconds) {
  const args = ["-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, url];
  const text = execFileSync("wrk", args, { encoding: "utf8" });
  if (/Non-2xx|Socket errors/.test(text)) throw new Error(`${url}\n${text}`);
  return {
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(text)[1]),
    requests: Number(/(\d+) requests in/.exec(text)[1]),
  };
}

async function measure(name) {
  const child = spawn(process.execPath, [SERVER, name], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value: url } = await lines.next();
  const warm = wrk(url, 1);
  const { perSecond, requests } = wrk(url, SECONDS);
  child.stdin.end();
  const { value: cpuMicroseconds } = await lines.next();
  await once(child, "exit");
  return { perSecond, cpu: Number(cpuMicroseconds) / (requests + warm.requests) };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const runs = new Map(names.map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const name of names) runs.get(name).push(await measure(name));
}

const bare = runs.get("bare");
const rows = names.map((name) => {
  const all = runs.get(name);
  // Each round against the bare handler of the same round.
  const ratio = median(all.map(({ perSecond }, round) => perSecond / bare[round].perSecond));
  const best = Math.max(...all.map(({ perSecond }) => perSecond));
  const middle = median(all.map(({ perSecond }) => perSecond));
  const cpu = Math.min(...all.map((run) => run.cpu));
  return `| ${name} | ${Math.round(best)} | ${Math.round(middle)} | ${ratio.toFixed(2)} | ${cpu.toFixed(1)} |`;
});
const table = [
  `Node ${process.version}, ${cpus().length} cores (${cpus()[0].model.trim()}), wrk with 1 thread and ${CONNECTIONS} connections,`,
  `${ROUNDS} interleaved rounds of ${SECONDS} s each after 1 s of warm-up; the US flag.`,
  "",
  "| server | requests/s, best | median | of the bare handler | CPU µs per request, best |",
  "| --- | --- | --- | --- | --- |",
  ...rows,
  "",
].join("\n");
writeFileSync(new URL("results.md", import.meta.url), table);
console.log(table);
