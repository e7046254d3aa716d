import { describe, expect, test } from "@jest/globals";
import { assertAllCounted, newCounts } from "../../../src/run/download-status.js";

describe("assertAllCounted", () => {
  test("KB17: is content when all is counted, not started ones included", () => {
    expect(() => {
      assertAllCounted({ ok: 1, unchanged: 5, notFound: 2, error: 3, notStarted: 4 }, 15);
    }).not.toThrow();
  });

  test.each([9, 11])("KB17: complains when %d of 10 are counted", (counted) => {
    expect(() => {
      assertAllCounted({ ...newCounts(), ok: counted }, 10);
    }).toThrow(`some downloads are unaccounted for: ${counted} counted of 10`);
  });
});
