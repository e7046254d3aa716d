// Says what axios costs for one small file: the CPU time of this process for a GET by node:http alone, through axios with an
// adapter that does the same, and with axios' own, in interleaved rounds. The bodies are read and left.
//
//   node bench/axios-cost.mjs [files] [width] [rounds]     (defaults: 10000 30 5)
import { spawn } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const [files, width, rounds] = [2, 3, 4].map(
  (at) => Number(process.argv[at]) || [10_000, 30, 5][at - 2],
);
// The one that the programs use.
const {
  Axios,
  AxiosHeaders,
  default: axios,
} = createRequire(import.meta.resolve("@concur/flags-common"))("axios");

const server = spawn(
  process.execPath,
  [fileURLToPath(new URL("small-files-server.mjs", import.meta.url))],
  { stdio: ["pipe", "pipe", "inherit"] },
);
const url = `http://127.0.0.1:${String(await once(server.stdout, "data")).trim()}/file.bin`;
const agent = new http.Agent({ keepAlive: true, maxSockets: width });
const lean = new Axios({ method: "GET" });

function answerOf() {
  return new Promise((resolve, reject) => {
    http.get(url, { agent }, resolve).once("error", reject);
  });
}

async function adapter(config) {
  const data = await answerOf();
  const headers = Object.assign(new AxiosHeaders(), data.headers);
  return { data, status: data.statusCode, statusText: data.statusMessage, headers, config };
}

const ways = {
  "node:http alone": answerOf,
  "axios, adapter of ours": async () => (await lean.request({ adapter })).data,
  "axios, adapter of its own": async () => {
    const options = { httpAgent: agent, responseType: "stream", proxy: false };
    return (await axios.get(url, options)).data;
  },
};

async function fetchAll(send) {
  let left = files;
  const taker = async () => {
    for (; left > 0;) {
      left -= 1;
      const body = await send();
      body.resume();
      await once(body, "end");
    }
  };
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: width }, taker));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / files;
}

const median = (numbers) => numbers.toSorted((one, other) => one - other)[numbers.length >> 1];
const times = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
// The first round is for the compiler.
for (let round = 0; round <= rounds; round += 1) {
  for (const [name, send] of Object.entries(ways)) {
    const microseconds = await fetchAll(send);
    if (round > 0) times[name].push(microseconds);
  }
}
agent.destroy();
server.stdin.end();
console.log(`Node ${process.version}, ${files} files, ${width} wide, ${rounds} rounds`);
for (const [name, results] of Object.entries(times)) {
  const [least, middle] = [Math.min(...results), median(results)];
  console.log(
    `${name.padEnd(26)} ${least.toFixed(0)} to ${middle.toFixed(0)} µs of CPU for a file`,
  );
}
