// Twenty downloads in four threads, and a server that is asked for no more than three files at a time.
import { createServer } from "node:http";
import { once } from "node:events";
import { ThreadPoolExecutor } from "@concur/pool";
import { Semaphore } from "@concur/sync";
import { download } from "./tasks.js";

let open = 0;
let most = 0;
const server = createServer((_, response) => {
  open += 1;
  most = Math.max(most, open);
  setTimeout(() => {
    open -= 1;
    response.end("a flag");
  }, 5);
});
await once(server.listen(0, "127.0.0.1"), "listening");
const url = `http://127.0.0.1:${server.address().port}/`;

const executor = new ThreadPoolExecutor({ maxWorkers: 4, concurrencyPerWorker: 5 });
const limit = new Semaphore(3);
const downloads = Array.from({ length: 20 }, (_, n) => executor.run(download, url + n, limit));
const lengths = await Promise.all(downloads);
console.log(`${lengths.length} downloads, ${most <= 3 ? "never more than 3" : most} at a time`);
await executor.shutdown();
server.close();
server.closeAllConnections();
