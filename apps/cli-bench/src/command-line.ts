import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { ArgumentParser, ArgumentTypeError, SUPPRESS } from "argparse";
import manifest from "../package.json" with { type: "json" };
import { BaselineError, readBaseline } from "./compare/baseline.js";
import type { CompareOptions } from "./compare/compare.js";
import type { Case, Report } from "./compare/model.js";
import { isWorkloadName, WORKLOADS } from "./compare/workloads.js";
import { EXECUTOR_KINDS, isExecutorKind, type ExecutorKind } from "./executors.js";
import { whyNotWritable } from "./page-file.js";
import type { ProgramOptions } from "./programs/process-program.js";
import type { WorkloadName } from "./tasks.js";

/** What the command line asks for. */
export type Request =
  | { readonly command: "primes" | "doctor" }
  | { readonly command: "sha" | "arcfour"; readonly options: ProgramOptions }
  | { readonly command: "compare"; readonly options: CompareOptions };

/** Several hundred workers only fill the memory. */
const MAX_WORKERS = 256;

interface ParsedArguments {
  readonly command: Request["command"];
  readonly workers?: number;
  readonly executor: ExecutorKind;
  readonly seed?: number;
  readonly workload: readonly WorkloadName[];
  readonly executors: readonly ExecutorKind[];
  readonly workerCounts?: readonly number[];
  readonly repetitions: number;
  readonly warmUps: number;
  readonly scale: number;
  readonly format: CompareOptions["format"];
  readonly html?: string;
  readonly baseline?: Report;
}

/**
 * Reads the command line. For `-h` it prints the help and ends the process with 0; for wrong arguments it prints the
 * usage and one line to stderr and ends the process with 2.
 */
export function readCommandLine(args: readonly string[]): Request {
  const parser = createParser();
  // pnpm hands on the "--" that npm would take away.
  const given = args[0] === "--" ? args.slice(1) : args;
  const parsed = parser.parse_args<ParsedArguments>([...given]);
  const { command } = parsed;
  if (command === "sha" || command === "arcfour") {
    const { workers, executor, seed } = parsed;
    return { command, options: { workers, executor, seed } };
  }
  return command === "compare" ? { command, options: compareOptions(parsed) } : { command };
}

function compareOptions(parsed: ParsedArguments): CompareOptions {
  const { workload, executors, repetitions, warmUps, scale, format, html, baseline } = parsed;
  const counts = parsed.workerCounts ?? defaultCounts();
  const cases = workload.flatMap((name) =>
    executors.flatMap((executor): Case[] =>
      // In the caller's own thread, one after the other, there is nothing to choose.
      (executor === "inline" ? [1] : counts).map((workers) => ({
        workload: name,
        executor,
        workers,
      })),
    ),
  );
  return { cases, repetitions, warmUps, scale, format, htmlPath: html, baseline };
}

/** 1, 2, 4, … up to the processors, and these. */
function defaultCounts(): number[] {
  const most = availableParallelism();
  const counts: number[] = [];
  for (let count = 1; count < most; count *= 2) counts.push(count);
  return [...counts, most];
}

function createParser(): ArgumentParser {
  const parser = new ArgumentParser({
    prog: "cli-bench",
    description:
      "Runs the compute programs of Fluent Python on threads and processes, and compares executors.",
    color: false,
  });
  parser.add_argument("-V", "--version", {
    action: "version",
    version: `cli-bench ${manifest.version}`,
    help: "show the version of this program and exit",
  });
  const commands = parser.add_subparsers({ dest: "command", metavar: "COMMAND", required: true });
  const add = (name: Request["command"], description: string): ArgumentParser =>
    commands.add_parser(name, {
      description,
      help: description,
      color: false,
      argument_default: SUPPRESS,
    });
  add("primes", "ThreadPoolExecutor.map: 14 numbers on 3 threads, results in order");
  addProgram(add("sha", "12 jobs of SHA-256 over a mebibyte, as they are completed"));
  addProgram(add("arcfour", "12 jobs of RC4 there and back, as they are completed"));
  addComparison(
    add("compare", "a workload on executors with several worker counts, with statistics"),
  );
  add("doctor", "what matters for concurrency on this machine, and what to take");
  return parser;
}

function addProgram(parser: ArgumentParser): void {
  parser.add_argument("workers", {
    nargs: "?",
    type: workerCount,
    help: "how many workers (default: one per processor)",
  });
  parser.add_argument("--executor", {
    choices: ["process", "thread"],
    default: "process",
    help: "where the jobs run (default: process)",
  });
  parser.add_argument("--seed", {
    metavar: "N",
    type: integer("seed", Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - MAX_WORKERS),
    help: "take the same random bytes in each run with this seed",
  });
}

function addComparison(parser: ArgumentParser): void {
  const described = Object.entries(WORKLOADS).map(
    ([name, { description }]) => `${name}: ${description}`,
  );
  parser.add_argument("workload", {
    nargs: "?",
    type: list("workload", isWorkloadName),
    default: ["primes"],
    metavar: "WORKLOAD[,WORKLOAD]",
    help: `${described.join("; ")} (default: primes)`,
  });
  parser.add_argument("-x", "--executors", {
    type: list("executor", isExecutorKind),
    default: ["inline", "thread"],
    metavar: "KIND[,KIND]",
    help: `any of ${EXECUTOR_KINDS.join(", ")} (default: inline,thread)`,
  });
  parser.add_argument("-w", "--workers", {
    dest: "workerCounts",
    type: workerCounts,
    metavar: "N[,N]",
    help: "worker counts (default: 1, 2, 4, … up to the processors)",
  });
  parser.add_argument("-n", "--repetitions", {
    type: integer("repetitions", 1, 10_000),
    default: 10,
    metavar: "N",
    help: "runs of each case that count (default: 10)",
  });
  parser.add_argument("--warm-up", {
    dest: "warmUps",
    type: integer("warm-up", 0, 1000),
    default: 1,
    metavar: "N",
    help: "runs of each case before these (default: 1)",
  });
  parser.add_argument("--scale", {
    type: scale,
    default: 1,
    metavar: "FACTOR",
    help: "how many times the usual amount of work, from 0.001 to 1000 (default: 1)",
  });
  const formats = parser.add_mutually_exclusive_group();
  for (const format of ["json", "markdown"] as const) {
    formats.add_argument(`--${format}`, {
      dest: "format",
      action: "store_const",
      const: format,
      default: "terminal",
      help: `print ${format === "json" ? "JSON" : "Markdown"} instead of tables and bars`,
    });
  }
  parser.add_argument("--html", {
    metavar: "FILE",
    type: newFile,
    help: "also write a page with charts",
  });
  parser.add_argument("--baseline", {
    metavar: "FILE",
    type: baseline,
    help: "compare with an older run that was printed with --json",
  });
}

function integer(name: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^[+-]?\d+$/.test(text) && value >= least && value <= most) return value;
    throw new ArgumentTypeError(
      `${name} must be an integer from ${least} to ${most}, not '${text}'`,
    );
  };
}

const workerCount = integer("workers", 1, MAX_WORKERS);

function workerCounts(text: string): number[] {
  return [...new Set(text.split(",").map(workerCount))];
}

function list<T extends string>(
  name: string,
  isKnown: (word: string) => word is T,
): (text: string) => T[] {
  return (text) => {
    const words = new Set(text.split(","));
    return [...words].map((word) => {
      if (isKnown(word)) return word;
      throw new ArgumentTypeError(`there is no ${name} '${word}'`);
    });
  };
}

function scale(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (value >= 0.001 && value <= 1000) return value;
  throw new ArgumentTypeError(`scale must be a number from 0.001 to 1000, not '${text}'`);
}

/** Where the user stands, who may have started the program from elsewhere through pnpm. */
function path(text: string): string {
  const { INIT_CWD: folder } = process.env;
  return resolve(folder ?? process.cwd(), text);
}

/** Known before the first run: a comparison takes minutes, and its page is wanted at the end. */
function newFile(text: string): string {
  const file = path(text);
  const reason = whyNotWritable(file);
  if (reason !== undefined) throw new ArgumentTypeError(`cannot write to ${file}: ${reason}`);
  return file;
}

function baseline(text: string): Report {
  try {
    return readBaseline(path(text));
  } catch (error) {
    if (error instanceof BaselineError) throw new ArgumentTypeError(error.message);
    throw error;
  }
}
