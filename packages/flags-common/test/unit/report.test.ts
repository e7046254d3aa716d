import { describe, expect, test } from "@jest/globals";
import { failureSummary, finalReport, initialReport, resultLine } from "../../src/report.js";

const run = { server: "LOCAL", baseUrl: "http://localhost:8001/flags" } as const;

describe("initialReport", () => {
  test("FL20: one flag, one connection", () => {
    expect(initialReport({ ...run, ccList: ["US"], concurReq: 1 })).toEqual([
      "LOCAL site: http://localhost:8001/flags",
      "Searching for 1 flag: US",
      "1 concurrent connection will be used.",
    ]);
  });

  test("FL20: ten codes are listed, eleven are not", () => {
    const codes = Array.from("ABCDEFGHIJK").map((letter) => `A${letter}`);
    expect(initialReport({ ...run, ccList: codes.slice(0, 10), concurReq: 5 })[1]).toBe(
      "Searching for 10 flags: AA, AB, AC, AD, AE, AF, AG, AH, AI, AJ",
    );
    expect(initialReport({ ...run, ccList: codes, concurReq: 5 }).slice(1)).toEqual([
      "Searching for 11 flags: from AA to AK",
      "5 concurrent connections will be used.",
    ]);
  });
});

describe("finalReport", () => {
  test("FL20: what is zero is left out, but for the flags downloaded", () => {
    expect(finalReport({ ok: 0, notFound: 0, error: 0, notStarted: 0 }, 0)).toEqual([
      "--------------------",
      "0 flags downloaded.",
      "Elapsed time: 0.00s",
    ]);
  });

  test("FL20: one is singular, but for those not found", () => {
    expect(finalReport({ ok: 1, notFound: 1, error: 1, notStarted: 1 }, 1234.5)).toEqual([
      "--------------------",
      "1 flag downloaded.",
      "1 not found.",
      "1 error.",
      "1 not started.",
      "Elapsed time: 1.23s",
    ]);
  });

  test("the sample run of the book", () => {
    expect(finalReport({ ok: 150, notFound: 361, error: 165, notStarted: 0 }, 7460)).toEqual([
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
    expect(resultLine({ status: "ok", cc: "NG", byteLength: 1 })).toBe("NG OK");
    expect(resultLine({ status: "notFound", cc: "BC" })).toBe("BC not found");
    expect(
      resultLine({
        status: "error",
        cc: "CD",
        code: "HTTP_STATUS",
        reason: "HTTP 503 - Service Unavailable",
        httpStatus: 503,
      }),
    ).toBe("*** Error for CD: HTTP 503 - Service Unavailable");
    expect(resultLine({ status: "notStarted", cc: "ZZ" })).toBeUndefined();
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
