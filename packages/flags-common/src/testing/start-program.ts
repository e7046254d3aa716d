import { spawn, type ChildProcess } from "node:child_process";

/** How a download program ended, and what it wrote. */
export interface ProgramResult {
  readonly exitCode: number | null;
  /** The signal that killed it. */
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A download program that runs in a process of its own. */
export interface RunningProgram {
  readonly child: ChildProcess;
  /** Resolves when the process has ended and all its output is read. */
  readonly result: Promise<ProgramResult>;
}

/** Where and how to start a program. */
export interface StartProgramOptions {
  /** The folder where the user stands. */
  readonly cwd: string;
  /** Variables beside those of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** A limit on the size of every file it writes, as `ulimit -f` counts it: what a full disk looks like. */
  readonly fileSizeBlocks?: number;
  /** A command that runs it, such as `unshare` with its options. Default: none. */
  readonly command?: readonly string[];
  /** What it reads from stdin. Default: nothing. */
  readonly input?: string;
}

/**
 * Starts a program with this Node in the folder `cwd`, with pipes for its output, as from a shell:
 * nothing that pnpm or npm set in the environment reaches it.
 *
 * @param entry - The path of a JavaScript file.
 * @example
 * const { result } = startProgram("dist/main.js", ["-l", "3"], { cwd: folder });
 * (await result).exitCode; // => 0
 */
export function startProgram(
  entry: string,
  args: readonly string[],
  options: StartProgramOptions,
): RunningProgram {
  const [file = "", ...rest] = programCommand(entry, args, options);
  const child = spawn(file, rest, {
    cwd: options.cwd,
    env: programEnv({ COLUMNS: "80", ...options.env }),
    stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  child.stdin?.end(options.input);
  return { child, result: collect(child) };
}

async function collect(child: ChildProcess): Promise<ProgramResult> {
  const chunks: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
  child.stdout?.on("data", (chunk: Buffer) => chunks.stdout.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => chunks.stderr.push(chunk));
  return await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode, signal) => {
      const stdout = Buffer.concat(chunks.stdout).toString();
      const stderr = Buffer.concat(chunks.stderr).toString();
      resolve({ exitCode, signal, stdout, stderr });
    });
  });
}

/** The words with which a program is started. */
export function programCommand(
  entry: string,
  args: readonly string[],
  { fileSizeBlocks, command: runner = [] }: Pick<StartProgramOptions, "fileSizeBlocks" | "command">,
): string[] {
  const command = [...runner, process.execPath, entry, ...args];
  // The shell sets the limit and then becomes the program, so that signals reach the right one.
  return fileSizeBlocks === undefined
    ? command
    : ["sh", "-c", `ulimit -f ${fileSizeBlocks} && exec "$@"`, "sh", ...command];
}

/** The variables of this process, but for those that pnpm or npm set, with others beside or instead of them. */
export function programEnv(others: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const outside = Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD$)/i.test(name));
  return { ...Object.fromEntries(outside), ...others };
}
