import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { shaJob } from "@concur/algorithms";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { runProgram, type ProgramResult } from "./fixtures/program.js";

const VERDICTS = "True True True True True False False False False False False False True False";

describe("primes", () => {
  let result: ProgramResult;

  beforeAll(async () => {
    result = await runProgram("primes");
  });

  test("FL28: prints what the threads say, and the results in order", () => {
    const { exitCode, stdout, stderr } = result;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const lines = stdout.trimEnd().split("\n");
    expect(lines.every((line) => /^\[\d\d:\d\d:\d\d\] /.test(line))).toBe(true);
    const texts = lines.map((line) => line.slice(11));
    expect(texts[0]).toBe("Script starting.");
    expect(texts[1]).toMatch(/^results: /);
    expect(texts[2]).toBe("Waiting for individual results:");
    expect(texts.filter((text) => text.startsWith("result "))).toEqual(
      VERDICTS.split(" ").map((verdict, index) => `result ${index}: ${verdict}`),
    );
    expect(texts).toHaveLength(3 + 3 * 14);
  });

  test("FL27: each result after the message of its call, at most three calls at a time", () => {
    let running = 0;
    let ended = 0;
    let results = 0;
    let most = 0;
    for (const line of result.stdout.split("\n")) {
      if (line.endsWith("doing calculating...")) running += 1;
      if (line.endsWith("done.")) {
        running -= 1;
        ended += 1;
      }
      if (line.includes("] result ")) results += 1;
      most = Math.max(most, running);
      expect(results).toBeLessThanOrEqual(ended);
    }
    expect({ running, ended, results }).toEqual({ running: 0, ended: 14, results: 14 });
    // How many there are at the same time depends on how fast a thread starts, and how fast a prime is found.
    expect(most).toBeLessThanOrEqual(3);
  });
});

const STATUS = /^(\d+) workers, elapsed time: \d+\.\d\ds$/;

describe("sha", () => {
  const expected = Array.from({ length: 12 }, (_, index) => shaJob(2 ** 20, 7 + index));

  // Processes are what it takes when nothing is said.
  test.each([{ executor: [] }, { executor: ["--executor", "thread"] }])(
    "FL29: prints twelve digests and the status line, the same ones for a seed, $executor",
    async ({ executor }) => {
      const { exitCode, stdout, stderr } = await runProgram("sha", "2", "--seed", "7", ...executor);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      const lines = stdout.trimEnd().split("\n");
      expect(STATUS.exec(lines.pop() ?? "")?.[1]).toBe("2");
      expect(lines.sort()).toEqual(expected.sort());
    },
  );

  test("takes other bytes for each job and in each run without a seed, and a worker per processor", async () => {
    const runs = [await runProgram("sha"), await runProgram("sha", "--executor", "process")];
    const lines = runs.flatMap(({ stdout }) => stdout.trimEnd().split("\n"));
    expect(new Set(lines.filter((line) => /^[0-9a-f]{64}$/.test(line))).size).toBe(24);
    const workers = lines.flatMap((line) => STATUS.exec(line)?.[1] ?? []);
    expect(workers).toEqual(runs.map(() => String(availableParallelism())));
  });
});

test.each(["process", "thread"])(
  "FL31: arcfour on a %s executor prints the sizes of the book and the status line",
  async (executor) => {
    const { exitCode, stdout, stderr } = await runProgram(
      ...["--", "arcfour", "3", "--executor", executor],
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const lines = stdout.trimEnd().split("\n");
    expect(STATUS.exec(lines.pop() ?? "")?.[1]).toBe("3");
    expect(lines.sort().reverse()).toEqual([
      "384.0 KB",
      "362.7 KB",
      "341.3 KB",
      "320.0 KB",
      "298.7 KB",
      "277.3 KB",
      "256.0 KB",
      "234.7 KB",
      "213.3 KB",
      "192.0 KB",
      "170.7 KB",
      "149.3 KB",
    ]);
  },
);

test("doctor tells facts, costs and what to take", async () => {
  const { exitCode, stdout, stderr } = await runProgram("doctor");
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toMatch(/^Node {2,}\d+\.\d+\.\d+, /m);
  expect(stdout).toMatch(/^processors {2,}\d+, of which Node may use \d+$/m);
  expect(stdout).toMatch(/^memory {2,}\d+\.\d GiB, \d+\.\d GiB free$/m);
  for (const kind of ["thread", "process"]) {
    expect(stdout).toMatch(new RegExp(`^${kind} start-up {2,}\\d+\\.\\d ms$`, "m"));
    expect(stdout).toMatch(new RegExp(`^${kind} round trip {2,}\\d+\\.\\d µs$`, "m"));
  }
  expect(stdout).toMatch(/^work for a processor {2,}new ThreadPoolExecutor\(/m);
  expect(stdout).toMatch(/^waiting for others {2,}new AsyncExecutor\(/m);
});

test("tells its version", async () => {
  const { exitCode, stdout, stderr } = await runProgram("--version");
  expect({ exitCode, stdout, stderr }).toEqual({
    exitCode: 0,
    stdout: "cli-bench 0.1.0\n",
    stderr: "",
  });
});

describe("wrong arguments: usage, one line, exit 2:", () => {
  test.each([
    { args: [], usage: "cli-bench", complaint: "the following arguments are required: COMMAND" },
    { args: ["fly"], usage: "cli-bench", complaint: "argument COMMAND: invalid choice: 'fly'" },
    { args: ["sha", "0"], usage: "cli-bench sha", complaint: "an integer from 1 to 256, not '0'" },
    { args: ["sha", "two"], usage: "cli-bench sha", complaint: "not 'two'" },
    { args: ["arcfour", "1", "2"], usage: "cli-bench", complaint: "unrecognized arguments: 2" },
    { args: ["arcfour", "--seed", "1.5"], usage: "cli-bench arcfour", complaint: "not '1.5'" },
    { args: ["compare", "fly"], usage: "cli-bench compare", complaint: "no workload 'fly'" },
    { args: ["compare", "-x", "gpu"], usage: "cli-bench compare", complaint: "no executor 'gpu'" },
    { args: ["compare", "-w", "1,0"], usage: "cli-bench compare", complaint: "not '0'" },
    { args: ["compare", "-n", "0"], usage: "cli-bench compare", complaint: "repetitions must be" },
    { args: ["compare", "--scale", "1e9"], usage: "cli-bench compare", complaint: "scale must be" },
    {
      args: ["compare", "--json", "--markdown"],
      usage: "cli-bench compare",
      complaint: "not allowed with argument --json",
    },
    {
      args: ["compare", "--baseline", "/nowhere/old.json"],
      usage: "cli-bench compare",
      complaint: "/nowhere/old.json: no such file or directory",
    },
    {
      args: ["compare", "--baseline", fileURLToPath(import.meta.url)],
      usage: "cli-bench compare",
      complaint: ": not JSON",
    },
    {
      args: ["compare", "--html", "/nowhere/report.html"],
      usage: "cli-bench compare",
      complaint: "cannot write to /nowhere/report.html: no such file or directory",
    },
    {
      args: ["compare", "--html", "/"],
      usage: "cli-bench compare",
      complaint: "cannot write to /: it is a folder",
    },
  ])("$args", async ({ args, usage, complaint }) => {
    const { exitCode, stdout, stderr } = await runProgram(...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^usage: ${usage} \\[-h\\]`));
    const last = stderr.trimEnd().split("\n").at(-1);
    expect(last).toMatch(new RegExp(`^${usage}: error: `));
    expect(last).toContain(complaint);
  });
});
