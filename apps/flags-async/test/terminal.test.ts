import { startFlagServer, type FlagServer } from "@concur/flag-server";
import {
  assertBar,
  assertBarOfLargeFile,
  assertCliCase,
  assertFaultCase,
  assertHelp,
  assertNeverFails,
  assertServerDown,
  assertStopsOnKey,
  FAULT_CASES,
  terminalCases,
} from "@concur/flags-common/testing";
import { afterAll, beforeAll, test } from "@jest/globals";
// @boundaries-ignore what all tests share stands at the top
import { describeWhere } from "../../../jest.where.mjs";
import { hasTerminals, NO_TERMINALS, openEmulator, program } from "./fixtures/harness.js";

describeWhere(hasTerminals, "flags-async on a terminal", NO_TERMINALS, () => {
  let server: FlagServer<"LOCAL">;

  beforeAll(async () => {
    server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
  });

  afterAll(async () => {
    await server.stop();
  });

  test.each(terminalCases(openEmulator))("$title", async ({ cliCase, terminal }) => {
    await assertCliCase(program, cliCase, server.urls.LOCAL, terminal);
  });

  test.each([40, 80, 120])("-h, %d columns", async (columns) => {
    await assertHelp(program, { open: openEmulator, columns });
  });

  test.each(FAULT_CASES)("survives $title", async (faultCase) => {
    await assertFaultCase(program, faultCase, { open: openEmulator, columns: 80 });
  });

  test.each([
    { columns: 80 },
    { columns: 80, env: { NO_COLOR: "1" } },
    { columns: 40, env: { FORCE_COLOR: "1" } },
  ])("KB9, KB13: a server that is down, without -v, %j", async (terminal) => {
    await assertServerDown(program, { open: openEmulator, ...terminal });
  });

  const KINDS = [
    { columns: 80 },
    { columns: 80, env: { NO_COLOR: "1" } },
    { columns: 40, env: { FORCE_COLOR: "1" } },
    { columns: 40 },
  ];

  test.each(KINDS)("a bar while it downloads, and nothing of it at the end, %j", async (kind) => {
    await assertBar(program, { open: openEmulator, ...kind });
  });

  test.each(KINDS)("a bar that moves while one large file comes, %j", async (kind) => {
    await assertBarOfLargeFile(program, { open: openEmulator, ...kind });
  });

  test.each(KINDS)("Ctrl-C: the report, and nothing of the bar, %j", async (kind) => {
    await assertStopsOnKey(program, { open: openEmulator, ...kind });
  });

  test("--fail-on never: exit code 0 as in the book, whatever failed", async () => {
    await assertNeverFails(program, { open: openEmulator, columns: 80 });
  });
});
