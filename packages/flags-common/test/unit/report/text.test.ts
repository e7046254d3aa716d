import { describe, expect, test } from "@jest/globals";
import type { DownloadItem } from "../../../src/input/item.js";
import {
  failureSummary,
  finalReport,
  initialReport,
  resultLine,
  statistics,
} from "../../../src/report/text.js";
import { notStarted } from "../../../src/run/download-result.js";

const run = {
  source: "LOCAL site: http://localhost:8001/flags",
  noun: "flag",
  isAdaptive: false,
};
const country = (name: string): DownloadItem => ({
  name,
  url: `http://localhost:8001/flags/${name.toLowerCase()}`,
  fileName: `${name.toLowerCase()}.gif`,
  expect: "gif",
});
const tried = (name: string) => ({ item: country(name), attempts: 1 });

describe("initialReport", () => {
  test("FL20: one flag, one connection", () => {
    expect(initialReport({ ...run, names: ["US"], concurReq: 1 })).toEqual([
      "LOCAL site: http://localhost:8001/flags",
      "Searching for 1 flag: US",
      "1 concurrent connection will be used.",
    ]);
  });

  test("FL20: ten codes are listed, eleven are not", () => {
    const codes = Array.from("ABCDEFGHIJK").map((letter) => `A${letter}`);
    expect(initialReport({ ...run, names: codes.slice(0, 10), concurReq: 5 })[1]).toBe(
      "Searching for 10 flags: AA, AB, AC, AD, AE, AF, AG, AH, AI, AJ",
    );
    expect(initialReport({ ...run, names: codes, concurReq: 5 }).slice(1)).toEqual([
      "Searching for 11 flags: from AA to AK",
      "5 concurrent connections will be used.",
    ]);
  });
});

describe("finalReport", () => {
  test("FL20: what is zero is left out, but for the flags downloaded", () => {
    expect(finalReport({ ok: 0, unchanged: 0, notFound: 0, error: 0, notStarted: 0 }, 0)).toEqual([
      "--------------------",
      "0 flags downloaded.",
      "Elapsed time: 0.00s",
    ]);
  });

  test("FL20: one is singular, but for those not found", () => {
    expect(
      finalReport({ ok: 1, unchanged: 2, notFound: 1, error: 1, notStarted: 1 }, 1234.5),
    ).toEqual([
      "--------------------",
      "1 flag downloaded.",
      "2 unchanged.",
      "1 not found.",
      "1 error.",
      "1 not started.",
      "Elapsed time: 1.23s",
    ]);
  });

  test("the sample run of the book", () => {
    expect(
      finalReport({ ok: 150, unchanged: 0, notFound: 361, error: 165, notStarted: 0 }, 7460),
    ).toEqual([
      "--------------------",
      "150 flags downloaded.",
      "361 not found.",
      "165 errors.",
      "Elapsed time: 7.46s",
    ]);
  });
});

describe("resultLine", () => {
  test("FL25, KB10: the words of the thread program, for every program", () => {
    expect(resultLine({ ...tried("NG"), status: "ok", byteLength: 1, sha256: "" })).toBe("NG OK");
    expect(resultLine({ ...tried("US"), status: "unchanged" })).toBe("US unchanged");
    expect(resultLine({ ...tried("BC"), status: "notFound" })).toBe("BC not found");
    expect(
      resultLine({
        ...tried("CD"),
        status: "error",
        code: "HTTP_STATUS",
        reason: "HTTP 503 - Service Unavailable",
        httpStatus: 503,
      }),
    ).toBe("*** Error for CD: HTTP 503 - Service Unavailable");
    expect(resultLine(notStarted(country("ZZ")))).toBeUndefined();
  });
});

describe("statistics", () => {
  test("requests, bytes, and times with three digits", () => {
    const summary = {
      asked: 2,
      counts: { ok: 2, unchanged: 0, notFound: 0, error: 0, notStarted: 0 },
      elapsedMs: 500,
      bytes: 12_345_678,
      bytesPerSecond: 9_999,
      requests: 3,
      retries: 1,
      peakConcurrency: 2,
      latencyMs: { p50: 1.23456, p95: 250, p99: 12_345 },
      reasons: [],
    };
    expect(statistics(summary)).toEqual([
      "Requests: 3, of them 1 retry; at most 2 at once.",
      "Received: 12.3 MB, 9999 B/s.",
      "Answers took: 1.23 ms (p50), 250 ms (p95), 12.3 s (p99).",
    ]);
  });
});

describe("failureSummary", () => {
  test("says nothing when nothing failed", () => {
    expect(failureSummary(new Map())).toBeUndefined();
  });

  test("names the reasons, the most frequent first", () => {
    expect(failureSummary(new Map([["Connection reset", 1]]))).toBe(
      "*** 1 error: 1 × Connection reset",
    );
    const reasons = Array.from("abcdefg").map((reason, index): [string, number] => [
      reason,
      index + 1,
    ]);
    expect(failureSummary(new Map(reasons))).toBe(
      "*** 28 errors: 7 × g, 6 × f, 5 × e, 4 × d, 3 × c, 3 for other reasons",
    );
  });
});
