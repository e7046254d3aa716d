import { describe, expect, test } from "@jest/globals";
import { progressLine } from "../../../src/report/progress-line.js";
import { ProgressCount, type ProgressState } from "../../../src/report/progress-state.js";
import { TransferMeter, partsOf } from "../../../src/shared/transfer-meter.js";

const HALF: ProgressState = {
  done: 97,
  underWay: 0,
  total: 194,
  elapsedSeconds: 3.2,
  failures: 0,
  bytes: 0,
};
const plain = (text: string): string => text;

describe("progressLine", () => {
  test("draws half a bar for half of the files", () => {
    expect(progressLine(HALF, 80, plain)).toBe(
      ` 50%|${"█".repeat(20)}${" ".repeat(20)}|  97/194 [3s<3s]`,
    );
  });

  test("paints what has failed", () => {
    expect(progressLine({ ...HALF, failures: 3 }, 80, (text) => `<${text}>`)).toMatch(
      /\[3s<3s\]< 3 failed>$/,
    );
  });

  test.each([
    [0, 0, 0, "[0s<?]"],
    [0, 0, 59.4, "[59s<?]"],
    [64, 0.5, 38, "[38s<1m16s]"],
    [64, 0.5, 3663, "[1h01m<2h02m]"],
  ])(
    "%d files and %d in parts, after %d s: it shows %s",
    (done, underWay, elapsedSeconds, times) => {
      const line = progressLine({ ...HALF, done, underWay, elapsedSeconds }, 80, plain);
      expect(line).toContain(times);
    },
  );

  test("moves while one large file comes", () => {
    const one = { ...HALF, done: 0, total: 1, bytes: 1.5e9, underWay: 0.75, elapsedSeconds: 30 };
    expect(progressLine(one, 80, plain)).toBe(
      ` 75%|${"█".repeat(30)}${" ".repeat(10)}| 0/1 [30s<10s] 1500 MB 50 MB/s`,
    );
    expect(progressLine(one, 40, plain)).toBe(" 75% 0/1 [30s<10s] 1500 MB 50 MB/s");
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
    expect(line(99_999)).toMatch(/\[3s<3s\]$/);
    expect(line(32_000_000)).toMatch(/\[3s<3s\] 32 MB 10 MB\/s$/);
  });

  test.each([
    [46, " 50%  97/194 [3s<3s] 32 MB 10 MB/s 3 failed"],
    [44, " 50%  97/194 [<3s] 32 MB 10 MB/s 3 failed"],
    [40, " 50%  97/194 [<3s] 10 MB/s 3 failed"],
    [32, " 50%  97/194 [<3s] 3 failed"],
    [28, " 50%  97/194 3 failed"],
    [20, " 50%"],
    [5, " 5"],
  ])("at %d columns it gives up what says least", (columns, line) => {
    const all = { ...HALF, bytes: 32_000_000, failures: 3 };
    expect(progressLine(all, columns, plain)).toBe(line);
  });
});

describe("ProgressCount", () => {
  test("counts the bytes of a file once, on its way and when it is there", () => {
    const count = new ProgressCount(4);
    // A thread of its own would have no more than the memory.
    const meter = new TransferMeter(count.memory);
    meter.add(3000, partsOf(3000, 4000));
    meter.add(500, partsOf(500, 1000));
    expect(count.state).toMatchObject({ done: 0, underWay: 1.25, bytes: 3500, failures: 0 });
    meter.add(1000, partsOf(4000, 4000) - partsOf(3000, 4000));
    count.advance({ receivedBytes: 4000 });
    expect(count.state).toMatchObject({ done: 1, underWay: 0.5, bytes: 4500 });
    meter.add(-500, -partsOf(500, 1000));
    count.advance("failed");
    count.advance("nothing");
    expect(count.state).toMatchObject({ done: 3, underWay: 0, bytes: 4000, failures: 1 });
  });

  test("goes by the files alone where nobody counts bytes", () => {
    const count = new ProgressCount(2);
    count.advance({ receivedBytes: 4000 });
    expect(count.state).toMatchObject({ done: 1, underWay: 0, bytes: 4000 });
  });

  test("an empty file is a whole one", () => {
    expect(partsOf(0, 0)).toBe(partsOf(7, 7));
  });
});
