import { InlineExecutor } from "../../src/index.js";
import { describeExecutorContract } from "./executor.contract.js";

describeExecutorContract({
  name: "InlineExecutor",
  create: () => new InlineExecutor(),
  queues: false,
  sharesMemory: true,
  canKill: false,
});
