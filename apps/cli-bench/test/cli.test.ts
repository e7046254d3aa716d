import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { shaJob } from "@concur/algorithms";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Report } from "../src/compare/model.js";
import { runProgram, startProgram } from "./fixtures/program.js";

const VERDICTS = "True True True True True False False False False False False False True False";

describe("primes", () => {
  test("FL28: prints what the threads say, and the results in order", async () => {
    const { exitCode, stdout, stderr } = await runProgram("primes");
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

  test("FL27: each result after the message of its call, at most three calls at a time", async () => {
    const { stdout } = await runProgram("primes");
    let running = 0;
    let ended = 0;
    let results = 0;
    let most = 0;
    for (const line of stdout.split("\n")) {
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
    // Three threads begin before the first of them is done with a number of that size.
    expect(most).toBeLessThanOrEqual(3);
    expect(most).toBeGreaterThan(1);
  });
});

const STATUS = /^(\d+) workers, elapsed time: \d+\.\d\ds$/;

describe("sha", () => {
  test("FL29: prints twelve digests and the status line, the same ones for a seed", async () => {
    const args = ["sha", "2", "--executor", "thread", "--seed", "7"];
    const { exitCode, stdout, stderr } = await runProgram(...args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const lines = stdout.trimEnd().split("\n");
    expect(STATUS.exec(lines.pop() ?? "")?.[1]).toBe("2");
    const expected = Array.from({ length: 12 }, (_, index) => shaJob(2 ** 20, 7 + index));
    expect(lines.sort()).toEqual(expected.sort());
  });

  test("takes other bytes in each run without a seed", async () => {
    const digests = async () => {
      const { stdout } = await runProgram("sha", "--executor", "thread");
      return stdout.split("\n").filter((line) => /^[0-9a-f]{64}$/.test(line));
    };
    const [first, second] = [await digests(), await digests()];
    expect(new Set([...first, ...second]).size).toBe(24);
  });
});

test("FL31: arcfour prints the sizes of the book and the status line", async () => {
  const { exitCode, stdout } = await runProgram("--", "arcfour", "3", "--executor", "thread");
  expect(exitCode).toBe(0);
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
});

describe("compare", () => {
  let folder: string;
  const small = ["--scale", "0.01", "-n", "3", "-w", "1,2"];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cli-bench-"));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test("--json holds every run, and the calls of the last one", async () => {
    const workloads = "primes,sha,arcfour,sieve,wait";
    const executors = ["-x", "inline,async,thread"];
    const { stdout } = await runProgram("compare", workloads, ...executors, ...small, "--json");
    const report = JSON.parse(stdout) as Report;
    expect(report).toMatchObject({ schema: 1, scale: 0.01, repetitions: 3, interrupted: false });
    const names = report.cases.map((one) => `${one.workload} ${one.executor} ${one.workers}`);
    expect(names).toHaveLength(25);
    expect(names.slice(0, 5)).toEqual(
      ["inline 1", "async 1", "async 2", "thread 1", "thread 2"].map((name) => `primes ${name}`),
    );
    for (const { runsMs, calls, executor, workload } of report.cases) {
      expect(runsMs).toHaveLength(3);
      expect(calls).toHaveLength(workload === "primes" ? 14 : workload === "wait" ? 24 : 12);
      for (const { startMs, endMs } of calls) expect(endMs).toBeGreaterThanOrEqual(startMs);
      const workers = new Set(calls.map(({ worker }) => worker));
      expect([...workers].every((worker) => worker.endsWith("/0"))).toBe(executor !== "thread");
    }
  });

  test("prints tables and bars, and compares with an older run", async () => {
    const baseline = join(folder, "old.json");
    const { stdout } = await runProgram("compare", "wait", ...small, "--json");
    await writeFile(baseline, stdout);
    const second = await runProgram("compare", "wait", ...small, "--baseline", baseline);
    expect(second.exitCode).toBe(0);
    expect(second.stdout).toMatch(/^wait +thread × 2 +3 /m);
    expect(second.stdout).toMatch(/^ {2}thread × 2 {2}█+ \d+\.\d\d$/m);
    expect(second.stdout).toMatch(/^wait +thread × 2 .*(faster|slower|no difference shown)$/m);
    expect(second.stderr).toContain("12 of 12 runs done\n");
  });

  test("--markdown prints a table", async () => {
    const { stdout } = await runProgram("compare", "wait", ...small, "-x", "async", "--markdown");
    expect(stdout).toMatch(/^\| wait \| async × 2 \| 3 \| /m);
    expect(stdout).toContain("Speed-ups refer to async × 1.");
  });

  test("--html writes one page that asks for nothing else", async () => {
    const page = join(folder, "report.html");
    const { exitCode, stderr } = await runProgram("compare", "wait", ...small, "--html", page);
    expect(exitCode).toBe(0);
    expect(stderr).toContain(`The report is in ${page}\n`);
    const html = await readFile(page, "utf8");
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).not.toMatch(/\b(src|href)="(?!data:,")/);
    expect(html).toContain("Chart.js v4");
    expect(html).toContain("Permission is hereby granted, free of charge");
  });

  test("Ctrl-C ends the workers, and what was measured so far is printed", async () => {
    const args = ["compare", "wait", "--scale", "0.01", "-n", "400", "-w", "2", "-x", "thread"];
    await using program = startProgram(args);
    await program.untilComplains(/\d+ of 401 runs done/);
    program.child.kill("SIGINT");
    const { exitCode, stdout } = await program.result;
    expect(exitCode).toBe(130);
    expect(stdout).toContain(", interrupted\n");
    const runs = Number(/^wait +thread × 2 +(\d+) /m.exec(stdout)?.[1]);
    expect(runs).toBeGreaterThan(0);
    expect(runs).toBeLessThan(400);
  });
});

test("doctor tells facts, costs and what to take", async () => {
  const { exitCode, stdout, stderr } = await runProgram("doctor");
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toMatch(/^Node {2,}\d+\.\d+\.\d+, /m);
  expect(stdout).toMatch(/^processors {2,}\d+, of which Node may use \d+$/m);
  expect(stdout).toMatch(/^memory {2,}\d+\.\d GiB, \d+\.\d GiB free$/m);
  expect(stdout).toMatch(/^thread start-up {2,}\d+\.\d ms$/m);
  expect(stdout).toMatch(/^thread round trip {2,}\d+\.\d µs$/m);
  expect(stdout).toMatch(/^work for a processor {2,}new ThreadPoolExecutor\(/m);
  expect(stdout).toMatch(/^waiting for others {2,}new AsyncExecutor\(/m);
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
      complaint: "/nowhere/old.json: ENOENT",
    },
    {
      args: ["compare", "--baseline", fileURLToPath(import.meta.url)],
      usage: "cli-bench compare",
      complaint: ": not JSON",
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
