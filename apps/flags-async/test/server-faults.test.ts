import * as servers from "@concur/flag-server";
import { assertMeetsFaults, assertOutlivesRestart, FAULT_RUNS } from "@concur/flags-common/testing";
import { describe, test } from "@jest/globals";
import { program } from "./fixtures/harness.js";

describe("flags-async meets everything that a server can do wrong", () => {
  test.each(FAULT_RUNS)(
    "$title: each file meets its own fate, and all are accounted for",
    async (run) => {
      await assertMeetsFaults(program, run, servers);
    },
  );
});

describe("flags-async and a server that is restarted", () => {
  test("killed and started again in mid-run: with retries everything arrives", async () => {
    await assertOutlivesRestart(program, servers);
  });
});
