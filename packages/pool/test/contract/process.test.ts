import { describe } from "@jest/globals";
import { ProcessPoolExecutor } from "../../src/index.js";
import { describeExecutorContract } from "./executor.contract.js";

describe("[S3] what holds for every executor", () => {
  describeExecutorContract({
    name: "ProcessPoolExecutor",
    create: (maxWorkers, maxQueue) => new ProcessPoolExecutor({ maxWorkers, maxQueue }),
    queues: true,
    sharesMemory: false,
    canKill: true,
  });
});
