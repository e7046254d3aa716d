import { startFlagServer, type FlagServer } from "@concur/flag-server";
import {
  assertCliCase,
  assertFaultCase,
  assertHelp,
  assertNeverFails,
  assertServerDown,
  CLI_CASES,
  FAULT_CASES,
} from "@concur/flags-common/testing";
import { afterAll, beforeAll, describe, test } from "@jest/globals";
import { program } from "./fixtures/harness.js";

let server: FlagServer<"LOCAL">;

beforeAll(async () => {
  server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
});

afterAll(async () => {
  await server.stop();
});

describe("flags-async", () => {
  test.each(CLI_CASES)("$title", async (cliCase) => {
    await assertCliCase(program, cliCase, server.urls.LOCAL);
  });

  test("-h prints the help to stdout and does nothing else", async () => {
    await assertHelp(program);
  });
});

describe("flags-async survives", () => {
  test.each(FAULT_CASES)("$title", async (faultCase) => {
    await assertFaultCase(program, faultCase);
  });

  test("KB9, KB13: a server that is down, without -v", async () => {
    await assertServerDown(program);
  });

  test("--fail-on never: exit code 0 as in the book, whatever failed", async () => {
    await assertNeverFails(program);
  });
});
