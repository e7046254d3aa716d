import { ThreadPoolExecutor } from "../../src/index.js";
import { describeExecutorContract } from "./executor.contract.js";

describeExecutorContract({
  name: "ThreadPoolExecutor",
  create: (maxWorkers) => new ThreadPoolExecutor({ maxWorkers }),
  queues: true,
  sharesMemory: false,
  canKill: true,
});
