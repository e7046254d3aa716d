import { describe } from "@jest/globals";
import { ProcessPoolExecutor } from "../../src/index.js";
import { describeExecutorContract } from "./executor.contract.js";

describe("[S3] what holds for every executor", () => {
  describeExecutorContract({
    name: "ProcessPoolExecutor",
    create: (maxWorkers) => new ProcessPoolExecutor({ maxWorkers }),
    queues: true,
    sharesMemory: false,
    canKill: true,
  });
});
