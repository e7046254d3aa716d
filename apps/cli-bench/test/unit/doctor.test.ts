import { describe, expect, test } from "@jest/globals";
import { parseCpuMax, readFacts } from "../../src/doctor/facts.js";
import { recommend } from "../../src/doctor/recommend.js";

test.each([
  ["200000 100000", 2],
  ["50000 100000", 0.5],
  ["max 100000", undefined],
  ["-1 100000", undefined],
  [" ", undefined],
])("cpu.max %j allows %p processors", (text, expected) => {
  expect(parseCpuMax(text)).toBe(expected);
});

describe("the recommendation for work", () => {
  test.each([
    { available: 8, cgroupCpus: undefined, maxWorkers: 8, reason: "one per processor" },
    { available: 8, cgroupCpus: 16, maxWorkers: 8, reason: "one per processor" },
    { available: 8, cgroupCpus: 2.5, maxWorkers: 2, reason: "the time of 2.5 processors" },
    { available: 8, cgroupCpus: 0.5, maxWorkers: 1, reason: "make nothing faster" },
    { available: 1, cgroupCpus: undefined, maxWorkers: 1, reason: "make nothing faster" },
  ])("with $available processors and a limit of $cgroupCpus", (given) => {
    const { cpu, io } = recommend(given);
    expect(cpu).toMatchObject({ executor: "ThreadPoolExecutor", maxWorkers: given.maxWorkers });
    expect(cpu.reason).toContain(given.reason);
    expect(io).toMatchObject({ executor: "AsyncExecutor", maxWorkers: 32 });
  });
});

test("the facts are possible ones", () => {
  const facts = readFacts();
  expect(facts.available).toBeGreaterThan(0);
  expect(facts.available).toBeLessThanOrEqual(facts.processors);
  expect(facts.freeMemoryBytes).toBeLessThan(facts.memoryBytes);
  expect(facts.node).toBe(process.versions.node);
});
