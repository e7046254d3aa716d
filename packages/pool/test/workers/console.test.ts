import { describe, expect, test } from "@jest/globals";
import { setTimeout as sleep } from "node:timers/promises";
import type { ConsoleLine } from "../../src/index.js";
import * as Tasks from "../fixtures/console-tasks.mjs";
import { runProgram } from "../support/run-program.js";
import { benches } from "../support/bench.js";

describe.each(benches)("[T13] what tasks print in a %s", (_kind, Bench) => {
  const { Executor } = Bench;
  const bench = new Bench();

  test("is told line by line, with the stream, the worker and the call", async () => {
    const lines: ConsoleLine[] = [];
    const executor = bench.executor({ onConsole: (line) => lines.push(line) });
    await executor.run(Tasks.say, "one\ntwo");
    await executor.with({ name: "warner" }).run(Tasks.say, "three", "error");
    expect(lines).toEqual([
      { stream: "stdout", text: "one", workerId: 1, name: "say" },
      { stream: "stdout", text: "two", workerId: 1, name: "say" },
      { stream: "stderr", text: "three", workerId: 1, name: "warner" },
    ]);
    await executor.shutdown();
  });

  test("comes before the call ends, each time", async () => {
    const lines: string[] = [];
    const executor = bench.executor({ onConsole: ({ text }) => lines.push(text) });
    for (let n = 0; n < 300; n += 1) {
      await executor.run(Tasks.say, String(n));
      expect(lines).toHaveLength(n + 1);
    }
  });

  test("comes while the task computes and lets nothing else happen", async () => {
    const lines: string[] = [];
    const executor = bench.executor({ onConsole: ({ text }) => lines.push(text) });
    const gate = bench.scratch.gate();
    const future = executor.submit(Tasks.sayAndWait, "at work", gate.path);
    while (lines.length === 0) await sleep(1);
    expect(lines).toEqual(["at work"]);
    expect(future.running()).toBe(true);
    gate.open();
    await future.result();
  });

  test("is told in whole lines, however it was written, and the rest when the worker ends", async () => {
    const lines: string[] = [];
    const executor = bench.executor({ onConsole: ({ text }) => lines.push(text) });
    await executor.run(Tasks.sayInParts, ["a", "b\nc", "d"], 2);
    expect(lines).toEqual(["ab", "cd", "ab", "cd"]);
    await executor.submit(Tasks.sayAndExit, "no end").exception();
    expect(lines.slice(4).join(" ")).toContain("no end");
  });

  test("may be told to a listener that throws: that is a warning, and no more", async () => {
    let told = 0;
    const executor = bench.executor({
      onConsole: () => {
        told += 1;
        throw new RangeError("cannot listen");
      },
    });
    expect(await executor.run(Tasks.say, "hello")).toBe(5);
    expect(await executor.run(Tasks.say, "again\nand again")).toBe(15);
    expect(told).toBe(3);
  });

  test("onConsole must be a function", () => {
    expect(() => new Executor({ onConsole: "log" as unknown as () => void })).toThrow(TypeError);
  });

  test("is printed in whole lines by default, and bytes as they are", async () => {
    const { exitCode, stdout, stderr } = await runProgram(
      "thread/prints-lines.mjs",
      [],
      [Executor.name],
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const lines = stdout.split("\n");
    expect(lines.filter((line) => line === "aaé")).toHaveLength(200);
    expect(lines.filter((line) => line === "bbé")).toHaveLength(200);
    expect(lines.filter((line) => line.endsWith("bye"))).toHaveLength(1);
    expect(lines.length).toBeLessThanOrEqual(405);
  });
});
