import { describe, expect, test } from "@jest/globals";
import * as BroadcastTasks from "../fixtures/broadcast-tasks.mjs";
import * as Tasks from "../fixtures/process-tasks.mjs";
import { printed, runProgram } from "../support/run-program.js";
import { benches, ProcessBench } from "../support/bench.js";

describe("a process that dies before it is up", () => {
  const bench = new ProcessBench();

  test("is told of with its exit code and what it wrote", async () => {
    const { stdout, stderr } = await runProgram("process/dies-at-boot.mjs");
    expect(stdout).toMatch(/^CONCUR_BROKEN .*exit code 9.*there is no licence/s);
    expect(stderr).toContain("there is no licence");
  });

  test("is told of so also where as many start at a time as there are attempts", async () => {
    const { stdout } = await runProgram("process/dies-at-boot-on-many-cores.mjs");
    const told = "CONCUR_BROKEN the process ended with exit code 9 before it was up, and wrote to";
    expect(stdout).toBe(`${told} stderr:\nthere is no licence\n`.repeat(4));
  });

  test("is not even tried in Bun, whose own way of making processes is not Node's", async () => {
    expect(await runProgram("process/in-bun.mjs")).toEqual(
      printed(
        "CONCUR_INVALID_STATE ProcessPoolExecutor does not work under Bun, which does not tell which process it has made: use ThreadPoolExecutor, or run the program with Node",
      ),
    );
  });

  test("is told of with the signal", async () => {
    const executor = bench.executor({ initializer: Tasks.killSelf, initializerArgs: ["SIGKILL"] });
    const error = await executor.submit(Tasks.echo, 1).exception();
    expect((error as { cause: Error }).cause.message).toContain("SIGKILL");
  });
});

describe.each(benches)("the arguments of an initializer of a %s", (_kind, Bench) => {
  const bench = new Bench();

  test("are what they were when the executor was made", async () => {
    const lesson = { text: "first" };
    const executor = bench.executor({
      initializer: BroadcastTasks.learn,
      initializerArgs: [lesson],
    });
    lesson.text = "changed since";
    const { lessons } = await executor.run(BroadcastTasks.lessonsOf);
    expect(lessons).toEqual([{ text: "first" }]);
  });
});

describe.each(benches)("a broadcast to a %s that is killed for another call", (_kind, Bench) => {
  const bench = new Bench();

  test("runs on the one that takes its place", async () => {
    const executor = bench.executor();
    const gate = bench.scratch.gate();
    const stuck = executor.with({ killAfterMs: 0 }).submit(Tasks.spinAt, gate.path);
    await gate.whenReached();
    const taught = executor.broadcast(BroadcastTasks.learn, "lesson");
    stuck.abort("enough");
    await taught;
    const { lessons } = await executor.run(BroadcastTasks.lessonsOf);
    expect(lessons).toEqual(["lesson"]);
  });
});
