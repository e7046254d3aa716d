// The least that Node does for a list of files: node:http with kept connections, so many requests at once, each body in
// memory and then in a file. There are no time limits, no checks and no reports.
//
//   node plain-http.mjs LIST WIDTH FOLDER WAY
//
// WAY: `rename` writes a temporary file that then takes the name, as whoever must not leave half a file does;
// `write` writes under the name at once.
import { mkdirSync, readFileSync, rename, writeFile } from "node:fs";
import http from "node:http";

const [list, width, folder, way] = process.argv.slice(2);
const urls = readFileSync(list, "utf8").split("\n").filter(Boolean);
const agent = new http.Agent({ keepAlive: true, maxSockets: Number(width) });
mkdirSync(folder, { recursive: true });
let next = 0;
let failures = 0;

function take() {
  if (next === urls.length) return;
  const url = urls[next++];
  const done = (error) => {
    if (error) failures += 1;
    take();
  };
  const request = http.get(url, { agent }, (response) => {
    const chunks = [];
    response.on("data", (chunk) => chunks.push(chunk));
    response.on("error", done);
    response.on("end", () => {
      if (response.statusCode !== 200) return done(new Error(`HTTP ${response.statusCode}`));
      save(url.slice(url.lastIndexOf("/") + 1), Buffer.concat(chunks), done);
    });
  });
  request.on("error", done);
}

function save(name, bytes, done) {
  if (way === "write") return writeFile(`${folder}/${name}`, bytes, done);
  const temporary = `${folder}/.${name}.part`;
  writeFile(temporary, bytes, { flag: "wx" }, (error) => {
    if (error) return done(error);
    rename(temporary, `${folder}/${name}`, done);
  });
}

for (let count = Number(width); count > 0; count -= 1) take();
process.once("exit", () => {
  agent.destroy();
  if (failures > 0) process.exitCode = 1;
});
