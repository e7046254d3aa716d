// The least that Node can do for the same files: node:http with kept connections, and nothing beside it. What the
// download programs take beyond this is their own.
//
//   node node-http.mjs BASE_URL WIDTH CC...
import { mkdirSync, rename, writeFile } from "node:fs";
import http from "node:http";

const [baseUrl, width, ...codes] = process.argv.slice(2);
const startMs = performance.now();
const agent = new http.Agent({ keepAlive: true, maxSockets: Number(width) });
const folder = "node-http";
mkdirSync(folder, { recursive: true });
const tally = {};
let remaining = codes.length;

function count(outcome) {
  tally[outcome] = (tally[outcome] ?? 0) + 1;
  remaining -= 1;
  if (remaining > 0) return;
  agent.destroy();
  console.log(tally);
  console.log(`Elapsed time: ${((performance.now() - startMs) / 1000).toFixed(3)}s`);
}

function save(code, bytes) {
  const temporary = `${folder}/.${code}.part`;
  writeFile(temporary, bytes, (error) => {
    if (error) throw error;
    rename(temporary, `${folder}/${code}.gif`, (error) => {
      if (error) throw error;
      count("ok");
    });
  });
}

for (const code of codes) {
  const request = http.get(`${baseUrl}/${code}/${code}.gif`, { agent }, (response) => {
    const chunks = [];
    response.on("data", (chunk) => chunks.push(chunk));
    response.on("end", () => {
      if (response.statusCode === 200) save(code, Buffer.concat(chunks));
      else count(response.statusCode);
    });
  });
  request.on("error", () => count("error"));
}
