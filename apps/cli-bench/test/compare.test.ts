import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Report } from "../src/compare/model.js";
import { runProgram } from "./fixtures/program.js";

describe("compare", () => {
  let folder: string;
  const few = ["--scale", "0.01", "-n", "2", "--warm-up", "0", "-w", "1,2"];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cli-bench-"));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test("--json holds every run, and the calls of the last one", async () => {
    const workloads = "primes,sha,arcfour,sieve,wait";
    const executors = ["-x", "inline,async,thread,process"];
    const { exitCode, stdout } = await runProgram(
      ...["compare", workloads, ...executors, ...few, "--json"],
    );
    expect(exitCode).toBe(0);
    const report = JSON.parse(stdout) as Report;
    expect(report).toMatchObject({ schema: 1, scale: 0.01, repetitions: 2, interrupted: false });
    const names = report.cases.map((one) => `${one.workload} ${one.executor} ${one.workers}`);
    expect(names).toHaveLength(35);
    const kinds = "inline 1,async 1,async 2,thread 1,thread 2,process 1,process 2".split(",");
    expect(names.slice(0, 7)).toEqual(kinds.map((name) => `primes ${name}`));
    const here = report.cases[0]?.calls[0]?.worker;
    for (const { runsMs, calls, executor, workers: most, workload } of report.cases) {
      expect(runsMs).toHaveLength(2);
      expect(calls).toHaveLength(workload === "primes" ? 14 : workload === "wait" ? 24 : 12);
      for (const { startMs, endMs } of calls) expect(endMs).toBeGreaterThanOrEqual(startMs);
      // A worker is named by its process and its thread there.
      const workers = new Set(calls.map(({ worker }) => worker));
      expect(workers.size).toBeLessThanOrEqual(most);
      expect(workers.has(here ?? "")).toBe(executor === "inline" || executor === "async");
      expect([...workers].every((worker) => worker.endsWith("/0"))).toBe(executor !== "thread");
    }
  });

  test("prints tables and bars, compares with an older run, and writes a page", async () => {
    const args = ["compare", "wait", ...few, "-x", "inline,thread,process"];
    const baseline = join(folder, "old.json");
    await writeFile(baseline, (await runProgram(...args, "--json")).stdout);
    const page = join(folder, "report.html");
    const { exitCode, stdout, stderr } = await runProgram(
      ...[...args, "--baseline", baseline, "--html", page],
    );
    expect(exitCode).toBe(0);
    for (const name of ["inline     ", "thread × 2 ", "process × 2"]) {
      expect(stdout).toMatch(new RegExp(`^${name} +2 `, "m"));
      expect(stdout).toMatch(new RegExp(`^ {2}${name} {2}█+ \\d+\\.\\d\\d$`, "m"));
      const verdict = `^wait +${name} .*(faster|slower|no difference shown)$`;
      expect(stdout).toMatch(new RegExp(verdict, "m"));
    }
    expect(stderr).toContain("10 of 10 runs done\n");
    expect(stderr).toContain(`The report is in ${page}\n`);
    const html = await readFile(page, "utf8");
    // It asks for nothing else.
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).not.toMatch(/\b(src|href)="(?!data:,")/);
    expect(html).toContain("Chart.js v4");
    expect(html).toContain("Permission is hereby granted, free of charge");
  });

  test("--markdown prints a table", async () => {
    const { stdout } = await runProgram("compare", "wait", ...few, "-x", "async", "--markdown");
    expect(stdout).toMatch(/^\| wait \| async × 2 \| 2 \| /m);
    expect(stdout).toContain("Speed-ups refer to async × 1.");
  });
});
