import { AsyncExecutor } from "../../src/index.js";
import { describeExecutorContract } from "./executor.contract.js";

describeExecutorContract({
  name: "AsyncExecutor",
  create: (maxWorkers) => new AsyncExecutor({ maxWorkers }),
  queues: true,
  sharesMemory: true,
  canKill: false,
});
