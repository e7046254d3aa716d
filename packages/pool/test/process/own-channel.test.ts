import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { printed, runProgram } from "../support/run-program.js";

const WAYS = [
  "posts null",
  "posts an id",
  "posts bytes",
  "posts ready",
  "posts a word of Node's",
  "writes garbage",
  "disconnects",
  "lets go of its channel",
  "hears nothing",
  "hears itself",
  "cannot exit",
  "closes its channel",
  "closes its output",
  "loses its folder",
  "ends its connections",
  "writes into its connections",
];

describe("a task harms nothing but its process", () => {
  test.each(WAYS)("when it %s", async (what) => {
    const end = await runProgram("process/own-channel.mjs", [], [what]);
    expect(end).toMatchObject(printed("true", "42", "0"));
  });
});

test("a process in a folder that was deleted lives on", async () => {
  expect(await runProgram("process/gone-folder.mjs")).toEqual(printed("true"));
});

test("a process has no input, and takes none from its program", async () => {
  const path = new URL("../fixtures/programs/process/input.mjs", import.meta.url);
  const program = spawn(process.execPath, [fileURLToPath(path)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  program.stdin.end("for the program");
  expect(await text(program.stdout)).toBe('""\nfor the program\n');
});
