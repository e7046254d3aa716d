import { AsyncExecutor } from "../../src/index.js";
import { describeExecutorContract } from "./executor.contract.js";

describeExecutorContract({
  name: "AsyncExecutor",
  create: (maxWorkers, maxQueue) => new AsyncExecutor({ maxWorkers, maxQueue }),
  queues: true,
  sharesMemory: true,
  canKill: false,
});
