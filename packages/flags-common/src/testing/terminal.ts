import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { programCommand, programEnv, type StartProgramOptions } from "./start-program.js";
import { readScreen, type OpenEmulator, type Screen } from "./screen.js";

/** A kind of terminal to run a program on. */
export interface Terminal {
  /** Opens what shows the output. */
  readonly open: OpenEmulator;
  readonly columns: number;
  /** Variables for the program, such as `NO_COLOR`. */
  readonly env?: NodeJS.ProcessEnv;
}

/** How a program on a terminal ended, and what stands there. */
export interface ScreenResult extends Screen {
  readonly exitCode: number | null;
  /** How wide the terminal was at first. */
  readonly columns: number;
  /** All that was written, with its control sequences. */
  readonly written: string;
}

/** A program that runs on a terminal of its own. */
export interface ProgramOnTerminal {
  /** What holds the terminal: without it the program is hung up on. */
  readonly child: ChildProcess;
  /** Resolves when the program has ended and all is shown. */
  readonly result: Promise<ScreenResult>;
  /** Presses keys: `\u0003` is Ctrl-C. */
  type(keys: string): void;
  /** Gives the window another width. */
  resize(columns: number): void;
  /** Resolves when the screen shows a text that fits; rejects when the program ends without. */
  untilShown(text: RegExp): Promise<void>;
}

const ROWS = 24;
/** Far beyond what any machine takes to show anything. */
const WATCHDOG_MS = 300_000;

/** Tells whether there is what {@link startOnTerminal} needs: `script` of util-linux. */
export function hasTerminals(): boolean {
  return String(spawnSync("script", ["--version"]).stdout).includes("util-linux");
}

/**
 * Starts a program with this Node on a pseudo-terminal, and shows what it writes in a terminal emulator. Works where
 * {@link hasTerminals} says so.
 *
 * @param entry - The path of a JavaScript file.
 * @example
 * import xterm from "@xterm/headless";
 * const open = (size) => new xterm.Terminal({ ...size, allowProposedApi: true });
 * const { result } = startOnTerminal("dist/main.js", [], { cwd: folder }, { open, columns: 80 });
 * (await result).lines; // => ["LOCAL site: …", …]
 */
export function startOnTerminal(
  entry: string,
  args: readonly string[],
  options: Omit<StartProgramOptions, "input">,
  terminal: Terminal,
): ProgramOnTerminal {
  const command = programCommand(entry, args, options);
  return startCommandOnTerminal(command, options, terminal);
}

/** The same for any command. */
export function startCommandOnTerminal(
  command: readonly string[],
  options: Pick<StartProgramOptions, "cwd" | "env">,
  { open, columns, env }: Terminal,
): ProgramOnTerminal {
  const quoted = command.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(" ");
  // `script` switches the echo off where no terminal is at its own end.
  const script = `stty echo cols ${columns} rows ${ROWS}; exec ${quoted}`;
  const child = spawn("script", ["-qefc", script, "/dev/null"], {
    cwd: options.cwd,
    env: programEnv({
      // `script` has the command run by it.
      SHELL: "/bin/sh",
      TERM: "xterm-256color",
      // A terminal tells its size itself; and Node takes one for one without colours where it knows of a CI.
      ...{ COLUMNS: undefined, CI: undefined, NO_COLOR: undefined, FORCE_COLOR: undefined },
      ...options.env,
      ...env,
    }),
    stdio: ["pipe", "pipe", "inherit"],
  });
  // Keys that are pressed when the program has ended are lost.
  child.stdin.on("error", () => undefined);
  const emulator = open({ cols: columns, rows: ROWS, scrollback: 100_000 });
  const written: Buffer[] = [];
  const watchers = new Set<() => void>();
  let shown = Promise.resolve();
  child.stdout.on("data", (chunk: Buffer) => {
    written.push(chunk);
    shown = new Promise((resolve) => {
      emulator.write(chunk, () => {
        for (const watch of watchers) watch();
        resolve();
      });
    });
  });
  const result = new Promise<ScreenResult>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => {
      // Once the last piece is shown, all are.
      void shown.then(() => {
        resolve({
          exitCode,
          columns,
          written: Buffer.concat(written).toString(),
          ...readScreen(emulator),
        });
        emulator.dispose();
      });
    });
  });
  return {
    child,
    result,
    type: (keys) => void child.stdin.write(keys),
    resize(width) {
      emulator.resize(width, ROWS);
      spawnSync("stty", ["-F", terminalOf(child), "cols", String(width)]);
    },
    untilShown: (text) =>
      new Promise((resolve, reject) => {
        const fail = (why: string, lines: readonly string[]): void => {
          reject(new Error(`${why}, and there stands only:\n${lines.join("\n")}`));
        };
        const watchdog = setTimeout(() => {
          fail("long ago it was to be shown", readScreen(emulator).lines);
        }, WATCHDOG_MS);
        const watch = (): void => {
          if (!text.test(readScreen(emulator).lines.join("\n"))) return;
          clearTimeout(watchdog);
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
        watch();
        void result.then(({ lines }) => {
          clearTimeout(watchdog);
          fail("the program ended", lines);
        });
      }),
  };
}

/** The device behind a terminal that `script` holds. */
function terminalOf({ pid = 0 }: ChildProcess): string {
  const [program] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ");
  return readlinkSync(`/proc/${program ?? ""}/fd/0`);
}
