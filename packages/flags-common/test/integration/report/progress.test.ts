import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { startFlagServer } from "@concur/flag-server";
import { afterEach, describe, expect, test } from "@jest/globals";
import { startProgram } from "../../../src/testing/start-program.js";
import { makeTempFolder } from "../../fixtures/temp-folder.js";

const sequential = fileURLToPath(new URL("../../fixtures/sequential.mjs", import.meta.url));
const FRAME = /%\|.*?\| +\d+\/10 \[/g;

let terminal: ChildProcess | undefined;
afterEach(() => {
  terminal?.kill("SIGKILL");
});

/** Runs the program on a terminal of 50 columns, and does something when the first bar is there. */
async function runOnTerminal(
  args: readonly string[],
  cwd: string,
  onBar: (tty: string) => void = () => undefined,
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const command = [process.execPath, sequential, ...args].map((word) => `'${word}'`).join(" ");
  // `script` of util-linux makes the terminal, and hands on what is written to it.
  const script = `tty; stty cols 50 rows 24; exec ${command}`;
  const child = spawn("script", ["-qefc", script, "/dev/null"], {
    cwd,
    env: { ...process.env, TERM: "xterm", ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  terminal = child;
  let screen = "";
  let isDrawn = false;
  child.stdout.on("data", (chunk: Buffer) => {
    screen += chunk.toString();
    if (isDrawn || screen.search(FRAME) < 0) return;
    isDrawn = true;
    onBar(/\/dev\/\S+/.exec(screen)?.[0] ?? "");
  });
  await once(child, "close");
  return screen;
}

/** What a frame takes of the screen. */
function widths(screen: string): number[] {
  // eslint-disable-next-line no-control-regex -- the sequences of a terminal begin with one
  const text = screen.replaceAll(/\u001b(\[[\d;?]*[A-Za-z]|[78])/g, "\n");
  return [...text.matchAll(/^.*%\|.*$/gm)].map(([frame]) => frame.trimEnd().length);
}

describe("the progress bar", () => {
  test("is drawn on a terminal, follows its width, and is gone at the end", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["DELAY"], delayMs: 200 });
    await using folder = await makeTempFolder();
    const args = ["-l10", "--base-url", server.urls.DELAY];
    const screen = await runOnTerminal(args, folder.path, (tty) => {
      spawnSync("stty", ["-F", tty, "cols", "90"]);
    });
    const frames = widths(screen);
    expect(frames.length).toBeGreaterThan(3);
    expect(frames[0]).toBe(49);
    // The longest bar that there is.
    expect(Math.max(...frames)).toBe(60);
    // After the last frame the cursor goes back to the first column, the line is cleared, and the report stands there.
    const end = screen.slice(screen.lastIndexOf("|"));
    expect(end).toContain("\u001b[1G\u001b[2K-----");
    expect(end).toContain("10 flags downloaded.\r\n");
  });

  test("counts failures, in red, or without colour when NO_COLOR says so", async () => {
    await using server = await startFlagServer({
      port: 0,
      listeners: ["LOCAL"],
      // The bar is drawn ten times a second: each number has to stand for longer than that to be seen.
      rules: [{ fault: { kind: "status", status: 500, delay: 150 } }],
    });
    await using folder = await makeTempFolder();
    const args = ["-l10", "--base-url", server.urls.LOCAL];
    // Node takes a terminal for one without colours where it knows of a CI.
    const colours = { FORCE_COLOR: undefined, NO_COLOR: undefined, CI: undefined };
    const red = await runOnTerminal(args, folder.path, undefined, colours);
    expect(red).toContain("\u001b[31m 5 failed\u001b[39m");
    const plain = await runOnTerminal(args, folder.path, undefined, { ...colours, NO_COLOR: "1" });
    expect(plain).toContain("] 5 failed");
  });

  test("is neither on a terminal with -v nor anywhere else", async () => {
    await using server = await startFlagServer({ port: 0, listeners: ["LOCAL"] });
    await using folder = await makeTempFolder();
    const args = ["-l10", "--base-url", server.urls.LOCAL];
    const screen = await runOnTerminal(["-v", ...args], folder.path);
    expect(screen).toContain("10 flags downloaded.\r\n");
    expect(screen).not.toContain("\u001b");
    const { stdout, stderr } = await startProgram(sequential, args, { cwd: folder.path }).result;
    expect(stderr).toBe("");
    expect(stdout).not.toContain("\u001b");
  });
});
