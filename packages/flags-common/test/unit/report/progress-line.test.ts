import { describe, expect, test } from "@jest/globals";
import { progressLine, type ProgressState } from "../../../src/report/progress-line.js";

const HALF: ProgressState = {
  value: 97,
  total: 194,
  elapsedSeconds: 3.2,
  etaSeconds: 75,
  failures: 0,
  bytes: 0,
};
const plain = (text: string): string => text;

describe("progressLine", () => {
  test("draws half a bar for half of the files", () => {
    expect(progressLine(HALF, 80, plain)).toBe(
      ` 50%|${"█".repeat(20)}${" ".repeat(20)}|  97/194 [3s<1m15s]`,
    );
  });

  test("paints what has failed", () => {
    expect(progressLine({ ...HALF, failures: 3 }, 80, (text) => `<${text}>`)).toMatch(
      /\[3s<1m15s\]< 3 failed>$/,
    );
  });

  test.each([
    [0, Infinity, "[0s<?]"],
    [59.4, NaN, "[59s<?]"],
    [3600, 7325, "[1h00m<2h02m]"],
  ])("after %d s, with %d s to go, it shows %s", (elapsedSeconds, etaSeconds, times) => {
    expect(progressLine({ ...HALF, elapsedSeconds, etaSeconds }, 80, plain)).toContain(times);
  });

  test("leaves the last column free and two for ^C, whatever the width", () => {
    for (let columns = 1; columns <= 200; columns += 1) {
      for (const [failures, bytes] of [
        [0, 0],
        [12, 0],
        [12, 5e12],
      ] as const) {
        const line = progressLine({ ...HALF, failures, bytes }, columns, plain);
        expect(line.length).toBeLessThanOrEqual(Math.max(0, columns - 3));
      }
    }
  });

  test("says how much came and how fast, from where that means something", () => {
    const line = (bytes: number): string => progressLine({ ...HALF, bytes }, 80, plain);
    expect(line(99_999)).toMatch(/\[3s<1m15s\]$/);
    expect(line(32_000_000)).toMatch(/\[3s<1m15s\] 32 MB 10 MB\/s$/);
  });

  test("gives up the bar before the numbers", () => {
    expect(progressLine(HALF, 30, plain)).toBe(" 50%  97/194 [3s<1m15s]");
  });
});
