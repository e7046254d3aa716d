import {
  assertSharesFolder,
  hasContainers,
  SHARED_FOLDER_CASES,
} from "@concur/flags-common/testing";
import { describe, test } from "@jest/globals";
// @boundaries-ignore what all tests share stands at the top
import { describeWhere } from "../../../jest.where.mjs";
import { program } from "./fixtures/harness.js";

/** What goes wrong between two runs goes wrong now and then. */
const ROUNDS = 2;

describe("D19: two runs of flags-async in one folder", () => {
  test.each(SHARED_FOLDER_CASES)("both succeed with $title", async (sharedCase) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await assertSharesFolder(program, sharedCase, "here");
    }
  });
});

const NO_CONTAINERS = "`unshare` makes no containers here";

describeWhere(
  hasContainers(),
  "D19: two runs of flags-async in two containers on one folder",
  NO_CONTAINERS,
  () => {
    test.each(SHARED_FOLDER_CASES)("both succeed with $title", async (sharedCase) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        await assertSharesFolder(program, sharedCase, "in containers");
      }
    });
  },
);
