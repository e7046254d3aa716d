import { argumentType, CommandLineParser, ParserExit } from "./argument-parser.js";
import { expandCodes } from "./country-codes.js";
import { parseInteger, parseSeconds } from "./parse-numbers.js";
import {
  DEFAULT_SERVER,
  isServerLabel,
  SERVER_LABELS,
  SERVERS,
  type ServerLabel,
} from "./servers.js";

/** What one program has of its own on the common command line. */
export interface CommandLineDefinition {
  /** Stands in the usage lines. */
  readonly programName: string;
  /** The first paragraph of the help. Default: the book's. */
  readonly description?: string | undefined;
  /** Concurrent requests without `-m`, an integer from 1. */
  readonly defaultConcurReq: number;
}

/** Which outcomes make the exit code 1. */
export type FailOn = "error" | "missing" | "never";

/** A command line, read and checked. */
export interface CommandLine {
  /** Sorted, upper case, each once; never empty. */
  readonly ccList: readonly string[];
  /** Country codes on the command line that `-e` or `-a` made meaningless. */
  readonly ignoredCodes: readonly string[];
  /** The option that made them so. */
  readonly ignoredBecauseOf: "--every" | "--all" | undefined;
  /** `-m` as given: at least 1, not yet cut to what the program allows. */
  readonly maxReq: number;
  readonly server: ServerLabel;
  /** Where the flags are: without a slash at the end. */
  readonly baseUrl: string;
  /** Whether `--base-url` was given: then no server is started. */
  readonly ownBaseUrl: boolean;
  readonly seed: number | undefined;
  readonly failOn: FailOn;
  readonly timeoutMs: number;
  readonly maxTimeMs: number;
  readonly verbose: boolean;
}

/** What a command line comes to: something to run, or a text to print before leaving. */
export type ParsedCommandLine =
  | { readonly outcome: "run"; readonly commandLine: CommandLine }
  | { readonly outcome: "help" | "usage"; readonly text: string };

interface RawArguments {
  cc: string[];
  all: boolean;
  every: boolean;
  limit: number | undefined;
  max_req: number;
  server: string;
  verbose: boolean;
  base_url: string | undefined;
  seed: number | undefined;
  fail_on: FailOn;
  timeout: number;
  max_time: number;
}

const DEFAULT_TIMEOUT_SECONDS = 10;
const DEFAULT_MAX_TIME_SECONDS = 30;

/** The options of the Python programs; any unambiguous beginning of one has always been accepted. */
const BOOK_OPTIONS = [
  "--help",
  "--all",
  "--every",
  "--limit",
  "--max_req",
  "--server",
  "--verbose",
] as const;

/**
 * Reads the arguments of a download program, with the grammar and the words of Python's argparse.
 *
 * One leading `--`, which pnpm hands through, is dropped. Nothing is printed and the process goes on:
 * a help text or a complaint is returned.
 *
 * @example
 * const parsed = parseCommandLine(["-vl2"], { programName: "flags", defaultConcurReq: 5 });
 * if (parsed.outcome === "run") parsed.commandLine.ccList; // => ["BD", "BR"]
 */
export function parseCommandLine(
  args: readonly string[],
  definition: CommandLineDefinition,
): ParsedCommandLine {
  const parser = createParser(definition);
  try {
    const own = args[0] === "--" ? args.slice(1) : args;
    return { outcome: "run", commandLine: check(parser, parser.parse_args(expandPrefixes(own))) };
  } catch (error) {
    if (error instanceof ParserExit) return { outcome: error.outcome, text: error.text };
    throw error;
  }
}

/**
 * Writes out the shortened options of the book (`--max 2`, `--s ERROR`), so that the options added here
 * (`--max-time`, `--seed`) do not make them ambiguous.
 */
function expandPrefixes(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  return args.map((argument, index) => {
    if (end !== -1 && index >= end) return argument;
    const [name = "", ...rest] = argument.split("=");
    if (name.length < 3 || !name.startsWith("--")) return argument;
    const matches = BOOK_OPTIONS.filter((option) => option.startsWith(name));
    return matches.length === 1 ? [matches[0], ...rest].join("=") : argument;
  });
}

function createParser(definition: CommandLineDefinition): CommandLineParser {
  const {
    programName,
    defaultConcurReq,
    description = "Download flags for country codes. Default: top 20 countries by population.",
  } = definition;
  const parser = new CommandLineParser({ prog: programName, description, color: false });
  const integer = argumentType("int", parseInteger);
  const seconds = argumentType("seconds", parseSeconds);
  parser.add_argument("cc", {
    metavar: "CC",
    nargs: "*",
    help: "country code or 1st letter (eg. B for BA...BZ)",
  });
  parser.add_argument("-a", "--all", {
    action: "store_true",
    help: "get all available flags (AD to ZW)",
  });
  parser.add_argument("-e", "--every", {
    action: "store_true",
    help: "get flags for every possible code (AA...ZZ)",
  });
  parser.add_argument("-l", "--limit", {
    metavar: "N",
    type: integer,
    help: "limit to N first codes",
  });
  parser.add_argument("-m", "--max_req", {
    metavar: "CONCURRENT",
    type: integer,
    default: defaultConcurReq,
    help: `maximum concurrent requests (default=${defaultConcurReq})`,
  });
  parser.add_argument("-s", "--server", {
    metavar: "LABEL",
    default: DEFAULT_SERVER,
    help: `Server to hit; one of ${SERVER_LABELS.join(", ")} (default=${DEFAULT_SERVER})`,
  });
  parser.add_argument("-v", "--verbose", {
    action: "store_true",
    help: "output detailed progress info",
  });
  parser.add_argument("--base-url", {
    metavar: "URL",
    help: "address of the flags, instead of the server's own",
  });
  parser.add_argument("--seed", {
    metavar: "N",
    type: integer,
    help: "seed of the delays and errors of a server that this program starts",
  });
  parser.add_argument("--fail-on", {
    choices: ["error", "missing", "never"],
    default: "error",
    help: "what makes the exit code 1: errors, missing flags too, or nothing (default=error)",
  });
  parser.add_argument("--timeout", {
    metavar: "SECONDS",
    type: seconds,
    default: DEFAULT_TIMEOUT_SECONDS,
    help: `longest wait without any data (default=${DEFAULT_TIMEOUT_SECONDS})`,
  });
  parser.add_argument("--max-time", {
    metavar: "SECONDS",
    type: seconds,
    default: DEFAULT_MAX_TIME_SECONDS,
    help: `longest time for one flag (default=${DEFAULT_MAX_TIME_SECONDS})`,
  });
  return parser;
}

/** Makes the checks of the Python programs, in their order and with their words. */
function check(parser: CommandLineParser, raw: RawArguments): CommandLine {
  if (raw.max_req < 1) parser.usageError("--max_req CONCURRENT must be >= 1");
  if (raw.limit !== undefined && raw.limit < 1) parser.usageError("--limit N must be >= 1");
  const server = raw.server.toUpperCase();
  if (!isServerLabel(server)) {
    parser.usageError(`--server LABEL must be one of ${SERVER_LABELS.join(", ")}`);
  }
  const override = raw.every ? "--every" : raw.all ? "--all" : undefined;
  return {
    ccList: codesOf(parser, raw),
    ignoredCodes: override === undefined ? [] : raw.cc,
    ignoredBecauseOf: raw.cc.length > 0 ? override : undefined,
    maxReq: raw.max_req,
    server,
    baseUrl: raw.base_url === undefined ? SERVERS[server] : addressOf(parser, raw.base_url),
    ownBaseUrl: raw.base_url !== undefined,
    seed: raw.seed,
    failOn: raw.fail_on,
    timeoutMs: raw.timeout * 1000,
    maxTimeMs: raw.max_time * 1000,
    verbose: raw.verbose,
  };
}

function codesOf(parser: CommandLineParser, raw: RawArguments): string[] {
  try {
    return expandCodes({ every: raw.every, all: raw.all, codes: raw.cc, limit: raw.limit });
  } catch (error) {
    if (error instanceof RangeError) parser.usageError(error.message);
    throw error;
  }
}

function addressOf(parser: CommandLineParser, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const usable =
    url !== undefined && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "";
  if (!usable) {
    parser.usageError("--base-url URL must be an http or https address without ? and #");
  }
  return text.replace(/\/+$/, "");
}
