import { describe } from "@jest/globals";
import { ThreadPoolExecutor } from "../../src/index.js";
import { describeExecutorContract } from "./executor.contract.js";

describe("[S3] what holds for every executor", () => {
  describeExecutorContract({
    name: "ThreadPoolExecutor",
    create: (maxWorkers, maxQueue) => new ThreadPoolExecutor({ maxWorkers, maxQueue }),
    queues: true,
    sharesMemory: false,
    canKill: true,
  });
});
