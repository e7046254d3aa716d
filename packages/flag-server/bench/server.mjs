// One contender in a process of its own: prints its URL, and at the end of its input the CPU time it took.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

const FLAG = "/flags/us/us.gif";
const ASSETS = fileURLToPath(new URL("../assets", import.meta.url));

/** Starts an ordinary server of Node's with this handler, and gives its port. */
function listen(handler) {
  const server = createServer(handler);
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(server.address().port));
  });
}

async function withFlagServer(options) {
  const { startFlagServer } = await import("@concur/flag-server");
  const { ports } = await startFlagServer({ port: 0, listeners: ["LOCAL"], ...options });
  return ports.LOCAL;
}

const CONTENDERS = {
  /** What no server in Node can be faster than: the same bytes, and no question asked. */
  async bare() {
    const body = readFileSync(`${ASSETS}${FLAG}`);
    // The head that the flag server sends, to the byte.
    const port = await withFlagServer({});
    const reply = await fetch(`http://127.0.0.1:${port}${FLAG}`);
    const sent = ["content-type", "content-length", "etag", "last-modified", "accept-ranges"];
    const headers = Object.fromEntries(sent.map((name) => [name, reply.headers.get(name)]));
    await reply.arrayBuffer();
    return listen((request, response) => {
      response.writeHead(200, headers);
      response.end(body);
    });
  },
  "flag-server": () => withFlagServer({}),
  /** Rules that look at each request, draw, and let it through. */
  "flag-server, 3 rules": () =>
    withFlagServer({
      rules: [
        { match: { codes: ["BR"] }, fault: { kind: "reset" } },
        { match: { path: "/flags/*/metadata.json" }, fault: { kind: "html" } },
        { match: { probability: 0.000001 }, fault: { kind: "truncate" } },
      ],
    }),
  async sirv() {
    const { default: sirv } = await import("sirv");
    const serve = sirv(ASSETS, { etag: true });
    return listen((request, response) => serve(request, response));
  },
  async send() {
    const { default: send } = await import("send");
    return listen((request, response) => {
      send(request, request.url, { root: ASSETS }).pipe(response);
    });
  },
  async "express.static"() {
    const { default: express } = await import("express");
    return listen(express().use(express.static(ASSETS)));
  },
};

const name = process.argv[2];
if (name === undefined) {
  process.stdout.write(`${JSON.stringify(Object.keys(CONTENDERS))}\n`);
} else {
  const port = await CONTENDERS[name]();
  const before = process.cpuUsage();
  process.stdout.write(`http://127.0.0.1:${port}${FLAG}\n`);
  process.stdin.resume().once("end", () => {
    const { user, system } = process.cpuUsage(before);
    process.stdout.write(`${user + system}\n`);
    process.exit(0);
  });
}
