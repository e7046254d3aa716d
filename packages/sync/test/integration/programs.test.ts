import { expect, test } from "@jest/globals";
import { runProgram } from "../support/run-program.js";

test("[G6] a program that only waits ends", async () => {
  expect(await runProgram("main-waits.mjs")).toEqual({ stdout: "ends\n", code: 0 });
});

test("[G6] a worker that only waits stays until it has what it waits for", async () => {
  const stdout = "the worker has it\nexit 0\n";
  expect(await runProgram("worker-waits.mjs")).toEqual({ stdout, code: 0 });
});

test("[G7] thousands wait, also in a thread that ends meanwhile", async () => {
  expect(await runProgram("many-wait.mjs")).toEqual({ stdout: "3000 false\n", code: 0 });
});

test("[G1] a program that only waits for a limited time hears that it is over", async () => {
  expect(await runProgram("limited-wait.mjs")).toEqual({ stdout: "TimeoutError\n", code: 0 });
});

test("[D1] a thread that dies with the thread that made it hands its lock on", async () => {
  expect(await runProgram("inner-thread.mjs")).toEqual({ stdout: "true\n", code: 0 });
});
