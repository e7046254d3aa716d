import { describe, test } from "@jest/globals";
import { expectTypeOf } from "expect-type";
import type {
  DownloadCounts,
  DownloadMany,
  DownloadPlan,
  DownloadResult,
  FetchResult,
  FlagErrorCode,
  LocalServerLabel,
} from "../../src/index.js";

describe("types", () => {
  test("the status tells what else a result has", () => {
    expectTypeOf<Extract<FetchResult, { status: "ok" }>["bytes"]>().toEqualTypeOf<Uint8Array>();
    expectTypeOf<
      Extract<FetchResult, { status: "error" }>["code"]
    >().toEqualTypeOf<FlagErrorCode>();
    expectTypeOf<FetchResult["status"]>().toEqualTypeOf<"ok" | "notFound" | "error">();
    expectTypeOf<Extract<DownloadResult, { status: "ok" }>>().not.toHaveProperty("bytes");
  });

  test("there is a count for every status", () => {
    expectTypeOf<keyof DownloadCounts>().toEqualTypeOf<DownloadResult["status"]>();
  });

  test("what a program has to write", () => {
    expectTypeOf<Parameters<DownloadMany>[0]>().toEqualTypeOf<DownloadPlan>();
    expectTypeOf<ReturnType<DownloadMany>>().resolves.toEqualTypeOf<DownloadCounts>();
    expectTypeOf<LocalServerLabel>().toEqualTypeOf<"LOCAL" | "DELAY" | "ERROR">();
  });
});
