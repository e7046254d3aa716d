// A server of small files that takes as little of the machine as a server on Node can: every request is answered with the
// same bytes, and nothing of it is read but where it ends. It says its port on stdout, and runs until its stdin ends.
//
//   node small-files-server.mjs [BYTES]     (default: 1000)
import { createServer } from "node:net";

const body = Buffer.alloc(Number(process.argv[2] ?? 1000), "x");
const head =
  "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nConnection: keep-alive\r\n" +
  `Content-Length: ${body.length}\r\n\r\n`;
const answer = Buffer.concat([Buffer.from(head), body]);
const END = "\r\n\r\n";

const server = createServer({ noDelay: true }, (socket) => {
  let rest = "";
  socket.on("data", (chunk) => {
    const parts = (rest + chunk.latin1Slice()).split(END);
    rest = parts.pop();
    for (let count = parts.length; count > 0; count -= 1) socket.write(answer);
  });
  socket.on("error", () => socket.destroy());
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.resume().once("end", () => process.exit());
