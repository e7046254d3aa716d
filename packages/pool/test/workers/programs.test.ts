import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { rounds } from "../support/rounds.js";
import { printed, runProgram, runProgramAt } from "../support/run-program.js";

const packageFolder = fileURLToPath(new URL("../..", import.meta.url));

const heard = "RangeError: nobody hears this";
const executors = ["ThreadPoolExecutor", "ProcessPoolExecutor"];

describe.each(executors)("a program with a %s", (name) => {
  test("[I15] [H23] ends by itself when they have nothing to do, whatever they left behind", async () => {
    const { exitCode, stdout, stderr } = await runProgram("thread/leaves-idle.mjs", [], [name]);
    const expected = { exitCode: 0, stdout: "used\nleft an interval\nstring\n" };
    expect({ exitCode, stdout }).toEqual(expected);
    // Of a process that ends by an error before the program does, Node itself prints that.
    const errors = (stderr.match(/^\w*Error: .*/gm) ?? []).filter((line) => line !== heard);
    expect(errors).toEqual([]);
    expect(name === "ThreadPoolExecutor" ? stderr : "").toBe("");
  });

  test("[D17] [J11] [N24] is silent when everything fails and nobody looks", async () => {
    const { exitCode, stdout, stderr } = await runProgram("thread/silent-breaks.mjs", [], [name]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "begun\n" });
    // Of a process that ends by an error Node itself prints that.
    const heard = name === "ThreadPoolExecutor" ? [] : ["RangeError: in vain"];
    expect(stderr.match(/^\w*Error: .*/gm) ?? []).toEqual(heard);
  });

  test("[T13] has all that its tasks printed, in order, once shutdown() is through", async () => {
    const lines = Array.from({ length: 3000 }, (_, n) => `line ${n}`);
    expect(await runProgram("thread/prints.mjs", [], [name])).toEqual(
      printed(...lines, "more 0", "shut down"),
    );
  });

  test("[I15] [N23] stays until a call is done whose worker has died", async () => {
    // The last thing that holds the program may be a worker that is on its way out.
    for (let round = 0; round < rounds(2); round += 1) {
      expect(await runProgram("thread/two-executors.mjs", [], [name])).toEqual(
        printed("CONCUR_WORKER_CRASHED a b b", "b"),
      );
    }
  });
});

describe("a program with threads", () => {
  test("[T6] [I3] has none left after shutdown(), nor after terminateWorkers()", async () => {
    expect(await runProgram("thread/counts-threads.mjs")).toEqual(printed("0", "true", "0", "0"));
  });

  test("[T10] is not warned of listeners, however many calls and threads there were", async () => {
    expect(await runProgram("thread/many-threads.mjs")).toEqual(printed("200"));
  });

  test("[I16] may exit in the middle of a loop in a thread", async () => {
    const { exitCode, stdout, stderr } = await runProgram("thread/exits-busy.mjs");
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 3, stdout: "spinning\n", stderr: "" });
  });

  test("[I20] gives them names: workerName and a number, or else the executor's", async () => {
    expect(await runProgram("thread/names.mjs")).toEqual(
      printed(
        ...["crunch", "ThreadPoolExecutor-1", "ThreadPoolExecutor-2"].flatMap((name) => [
          `${name}_0`,
          `${name}_1`,
        ]),
      ),
    );
  });

  test("[U7] may be CommonJS", async () => {
    expect(await runProgram("thread/common.cjs")).toEqual(
      printed("144", "[ 1, 4, 9 ]", "true", "true", "mine", "2"),
    );
  });
});

describe("the package in a folder with an odd name", () => {
  let folder = "";

  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), "concur-test-")), "we#ird %20 dir");
    const installed = join(folder, "node_modules", "@concur", "pool");
    await mkdir(installed, { recursive: true });
    await cp(join(packageFolder, "dist"), join(installed, "dist"), { recursive: true });
    await cp(join(packageFolder, "package.json"), join(installed, "package.json"));
    await symlink(
      join(packageFolder, "node_modules", "workerpool"),
      join(folder, "node_modules", "workerpool"),
    );
  });

  afterEach(() => rm(join(folder, ".."), { recursive: true, force: true, maxRetries: 5 }));

  test("[U7] runs the tasks of an ES module", async () => {
    const tasks = `import { defineTasks } from "@concur/pool";
      export const { double } = defineTasks(import.meta.url, { double: (n) => n * 2 });`;
    const program = `import { importTasks, ThreadPoolExecutor } from "@concur/pool";
      import { double } from "./ta#sks %41.mjs";
      const executor = new ThreadPoolExecutor({ maxWorkers: 1 });
      console.log(await executor.run(double, 21));
      const tasks = importTasks(import.meta.dirname + "/ta#sks %41.mjs");
      console.log(await executor.run(tasks.double, 4));
      await executor.shutdown();`;
    await writeFile(join(folder, "ta#sks %41.mjs"), tasks);
    const path = join(folder, "program.mjs");
    // In a URL these characters mean something else.
    await writeFile(path, program.replace('"./ta#sks %41.mjs"', '"./ta%23sks%20%2541.mjs"'));
    expect(await runProgramAt(path)).toEqual(printed("42", "8"));
  });

  test("[U7] runs the tasks of a CommonJS module", async () => {
    const path = join(folder, "program.cjs");
    const program = `const { defineTasks, ThreadPoolExecutor } = require("@concur/pool");
      const { isMainThread } = require("node:worker_threads");
      module.exports = defineTasks(__filename, { double: (n) => n * 2 });
      if (isMainThread) {
        const executor = new ThreadPoolExecutor({ maxWorkers: 1 });
        executor.run(module.exports.double, 21).then(console.log);
      }`;
    await writeFile(path, program);
    expect(await runProgramAt(path)).toEqual(printed("42"));
  });
});
