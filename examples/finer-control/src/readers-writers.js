// Many read two numbers that always change together; whoever writes is alone.
import { ThreadPoolExecutor } from "@concur/pool";
import { ReadWriteLock, SharedArray } from "@concur/sync";
import { read, write } from "./tasks.js";

const TIMES = 300;

const executor = new ThreadPoolExecutor({ maxWorkers: 4 });
const lock = new ReadWriteLock();
const pair = new SharedArray("int32", 2);
const writers = [1, 2].map(() => executor.run(write, lock, pair, TIMES));
const readers = [1, 2].map(() => executor.run(read, lock, pair, TIMES));
await Promise.all(writers);
const torn = await Promise.all(readers);
console.log(`written: ${pair.view.join(" ")}, torn reads: ${torn.join(" ")}`);
await executor.shutdown();
