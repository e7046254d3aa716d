import { readFileSync } from "node:fs";

import { ArgumentParser, ArgumentTypeError, SUPPRESS } from "argparse";

import { OPTION_NAMES } from "./option-names.js";
import {
  FLAG_LISTENER_LABELS,
  resolveOptions,
  type FlagListenerLabel,
  type FlagServerOptions,
} from "./options.js";

/** What the command line asks for. */
export interface CliRequest {
  readonly options: FlagServerOptions;
  readonly quiet: boolean;
}

/**
 * Reads the command line. For `-h` and `--version` it prints and ends the process with 0; for arguments
 * that are wrong it prints the usage and one line to stderr and ends the process with 2.
 */
export function readCommandLine(args: readonly string[]): CliRequest {
  const parser = createParser();
  const { quiet, ...options } = parser.parse_args<FlagServerOptions & { quiet: boolean }>([
    ...args,
  ]);
  try {
    resolveOptions(options, (option) => OPTION_NAMES[option]);
  } catch (error) {
    parser.error(error instanceof Error ? error.message : String(error));
  }
  return { options, quiet };
}

function createParser(): ArgumentParser {
  const parser = new ArgumentParser({
    prog: "flag-server",
    description: "Serves real country flags on this machine: plain, delayed, and with errors.",
    color: false,
    // An option that was not given is left out, so that the defaults have one home.
    argument_default: SUPPRESS,
  });
  const add = (option: keyof FlagServerOptions, rest: object) =>
    parser.add_argument(OPTION_NAMES[option], { dest: option, ...rest });

  add("port", {
    metavar: "PORT",
    type: integer,
    help: "port of LOCAL; DELAY and ERROR take the next two; 0 means any free ports (default: 8001)",
  });
  add("host", { metavar: "ADDRESS", help: "address to listen on (default: 127.0.0.1 and ::1)" });
  add("listeners", {
    metavar: "LABEL[,LABEL]",
    type: labels,
    help: `start only these of ${FLAG_LISTENER_LABELS.join(", ")}`,
  });
  add("seed", { metavar: "SEED", help: "chooses which requests fail or wait (default: 1)" });
  add("delayMs", {
    metavar: "MS",
    type: integer,
    help: "how long a delayed reply waits, in milliseconds (default: 500)",
  });
  add("errorRate", {
    metavar: "RATE",
    type: decimal,
    help: "share of the requests to ERROR that fail, from 0 to 1 (default: 0.25)",
  });
  add("delayRate", {
    metavar: "RATE",
    type: decimal,
    help: "share of the requests to ERROR that are delayed, from 0 to 1 (default: 0.5)",
  });
  add("graceMs", {
    metavar: "MS",
    type: integer,
    help: "how long replies in flight may take after Ctrl-C, in milliseconds (default: 2000)",
  });
  parser.add_argument("--quiet", { action: "store_true", help: "print nothing but errors" });
  parser.add_argument("--version", { action: "version", version: readVersion() });
  return parser;
}

function integer(text: string): number {
  // Number() alone would take "", "0x10" and "1e3".
  if (!/^[+-]?\d+$/.test(text)) throw new ArgumentTypeError(`not an integer: ${quote(text)}`);
  return Number(text);
}

function decimal(text: string): number {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) {
    throw new ArgumentTypeError(`not a decimal number: ${quote(text)}`);
  }
  return Number(text);
}

function labels(text: string): FlagListenerLabel[] {
  return text.split(",").map((part) => {
    const label = FLAG_LISTENER_LABELS.find((known) => known === part.trim().toUpperCase());
    if (label !== undefined) return label;
    throw new ArgumentTypeError(`${quote(part)} is none of ${FLAG_LISTENER_LABELS.join(", ")}`);
  });
}

function quote(text: string): string {
  return JSON.stringify(text);
}

function readVersion(): string {
  const url = new URL("../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(url, "utf8")) as { version: string };
  return version;
}
