// One thread's numbers, added up by two others: a bounded queue keeps the producer from running ahead.
import { ThreadPoolExecutor } from "@concur/pool";
import { Queue } from "@concur/sync";
import { consume } from "./tasks.js";

const executor = new ThreadPoolExecutor({ maxWorkers: 2 });
const queue = new Queue({ maxSize: 10 });
const consumers = [executor.run(consume, queue), executor.run(consume, queue)];
for (let n = 1; n <= 1000; n += 1) await queue.put(n);
queue.close();
const [first, second] = await Promise.all(consumers);
console.log(`sum: ${first + second}`);
await executor.shutdown();
