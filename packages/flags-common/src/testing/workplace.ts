import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProgram, type RunningProgram, type StartProgramOptions } from "./start-program.js";
import { startOnTerminal, type ProgramOnTerminal, type Terminal } from "./terminal.js";

/** A folder of its own for one run of a program. */
export interface Workplace extends AsyncDisposable {
  readonly path: string;
  /** Starts the program here. */
  start(args: readonly string[], options?: Partial<StartProgramOptions>): RunningProgram;
  /** Starts the program here, on a terminal. */
  startOnTerminal(
    args: readonly string[],
    terminal: Terminal,
    options?: Partial<StartProgramOptions>,
  ): ProgramOnTerminal;
  /** Names what was downloaded, and everything else in the folder. */
  files(): Promise<string[]>;
  /** Names the files that are not, byte for byte, the flags they are called after. */
  badFiles(): Promise<string[]>;
}

/** What there is to know about a program under test. */
export interface ProgramUnderTest {
  /** The path of its JavaScript file. */
  readonly entry: string;
  /** What each flag must be like, by upper-case code. */
  readonly flags: Readonly<Record<string, { readonly sha256: string }>>;
}

/**
 * Makes a fresh folder, and ends what still runs in it when it is disposed of.
 *
 * @example
 * await using workplace = await openWorkplace({ entry: "dist/main.js", flags: flagManifest().flags });
 */
export async function openWorkplace({ entry, flags }: ProgramUnderTest): Promise<Workplace> {
  const path = await mkdtemp(join(tmpdir(), "flags-"));
  const running: Pick<ProgramOnTerminal | RunningProgram, "child" | "result">[] = [];
  const directory = join(path, "downloads");
  const files = async (): Promise<string[]> => (await readdir(directory)).sort();
  return {
    path,
    start(args, options = {}) {
      const program = startProgram(entry, args, { cwd: path, ...options });
      running.push(program);
      return program;
    },
    startOnTerminal(args, terminal, options = {}) {
      const program = startOnTerminal(entry, args, { cwd: path, ...options }, terminal);
      running.push(program);
      return program;
    },
    files,
    async badFiles() {
      const names = await files();
      const checked = await Promise.all(
        names.map(async (name) => {
          const hash = createHash("sha256").update(await readFile(join(directory, name)));
          return hash.digest("hex") === flags[name.replace(".gif", "").toUpperCase()]?.sha256;
        }),
      );
      return names.filter((_name, index) => checked[index] !== true);
    },
    async [Symbol.asyncDispose]() {
      for (const { child, result } of running) {
        child.kill("SIGKILL");
        await result;
      }
      await rm(path, { recursive: true, force: true });
    },
  };
}

/** The numbers of a final report. */
export type ReportedCounts = Record<
  "ok" | "unchanged" | "notFound" | "error" | "notStarted",
  number
>;

/** Reads the numbers out of a final report. */
export function readCounts(stdout: string): ReportedCounts {
  const numberBefore = (words: RegExp): number => Number(words.exec(stdout)?.[1] ?? 0);
  return {
    ok: numberBefore(/^(\d+) (?:flag|file)s? downloaded\.$/m),
    unchanged: numberBefore(/^(\d+) unchanged\.$/m),
    notFound: numberBefore(/^(\d+) not found\.$/m),
    error: numberBefore(/^(\d+) errors?\.$/m),
    notStarted: numberBefore(/^(\d+) not started\.$/m),
  };
}

/** Adds up {@link readCounts}: as many as were asked for. */
export function totalOf(counts: ReportedCounts): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

/** Resolves when the program has printed a line that fits; rejects when it ends without. */
export async function untilPrinted({ child, result }: RunningProgram, line: RegExp): Promise<void> {
  let stdout = "";
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      if (line.test(stdout)) resolve();
    });
    void result.then(() => {
      reject(new Error(`the program ended and printed only:\n${stdout}`));
    });
  });
}
