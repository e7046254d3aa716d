import type { ArgumentGroup } from "argparse";
import { argumentType, CommandLineParser } from "./argument-parser.js";
import { parseInteger, parsePositive, parseSeconds } from "./parse-numbers.js";
import { addRequestOptions } from "./request-options.js";
import { DEFAULT_SERVER, SERVER_LABELS } from "./servers.js";

/** Which outcomes make the exit code 1. */
export type FailOn = "error" | "missing" | "never";

/** The arguments as argparse gives them. */
export interface RawArguments {
  cc: string[];
  all: boolean;
  every: boolean;
  limit: number | undefined;
  max_req: number | "auto";
  server: string;
  verbose: boolean;
  base_url: string | undefined;
  seed: number | undefined;
  fail_on: FailOn;
  from: string | undefined;
  urls: string | undefined;
  out: string | undefined;
  dry_run: boolean;
  header: string[];
  user_agent: string | undefined;
  location: boolean;
  max_redirs: number;
  proxy: string | undefined;
  cacert: string | undefined;
  insecure: boolean;
  remote_time: boolean;
  version: boolean;
  rate: number | undefined;
  timeout: number;
  connect_timeout: number | undefined;
  max_time: number | undefined;
  deadline: number | undefined;
  max_bytes: number | undefined;
  retries: number;
  retry_budget: number;
  skip_existing: boolean;
  etag: boolean;
  resume: boolean;
  manifest: string | undefined;
  verify: boolean;
  json: boolean;
  ndjson: boolean;
  stats: boolean;
  report: string | undefined;
  gallery: string | undefined;
  progress: "auto" | "plain" | "none";
}

/** What one program has of its own on the common command line. */
export interface CommandLineDefinition {
  /** Stands in the usage lines. */
  readonly programName: string;
  /** The first paragraph of the help. Default: the book's. */
  readonly description?: string | undefined;
  /** What `--version` prints behind the name. Default: nothing. */
  readonly version?: string | undefined;
  /** Concurrent requests without `-m`, an integer from 1. */
  readonly defaultConcurReq: number;
  /** Options with a whole number that only this program has, such as `threads`: from 1. */
  readonly ownOptions?: readonly OwnOption[] | undefined;
}

/** An option that only one program has. */
export interface OwnOption {
  /** Without the dashes. */
  readonly name: string;
  readonly metavar: string;
  readonly help: string;
}

const DEFAULT_TIMEOUT_SECONDS = 10;
/** For a flag with its retries. */
export const FLAG_SECONDS = 30;
const DEFAULT_RETRY_BUDGET_PERCENT = 100;

const integer = argumentType("int", parseInteger);
const concurrency = argumentType("int", (text) => (text === "auto" ? text : parseInteger(text)));
const seconds = argumentType("seconds", parseSeconds);
const positive = argumentType("positive number", parsePositive);

/** Makes the parser of a program: the options of the book first, then ours by subject. */
export function createParser(definition: CommandLineDefinition): CommandLineParser {
  const {
    programName,
    description = "Download flags for country codes. Default: top 20 countries by population.",
  } = definition;
  const parser = new CommandLineParser({ prog: programName, description, color: false });
  addBookOptions(parser, definition.defaultConcurReq);
  parser.add_argument("-V", "--version", {
    action: "store_true",
    help: "show the version of this program and exit",
  });
  addSourceOptions(parser.add_argument_group({ title: "what to download" }));
  addRequestOptions(parser.add_argument_group({ title: "how to ask for it, as in curl" }));
  const pace = parser.add_argument_group({ title: "how fast, and for how long" });
  addPaceOptions(pace);
  for (const { name, metavar, help } of definition.ownOptions ?? []) {
    pace.add_argument(`--${name}`, { metavar, type: integer, help });
  }
  addRetryOptions(parser.add_argument_group({ title: "retries" }));
  addFileOptions(parser.add_argument_group({ title: "files that are there already" }));
  addReportOptions(parser.add_argument_group({ title: "reports" }));
  return parser;
}

function addBookOptions(parser: CommandLineParser, defaultConcurReq: number): void {
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
    type: concurrency,
    default: defaultConcurReq,
    help: `maximum concurrent requests (default=${defaultConcurReq}); auto: as many as the server takes`,
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
}

function addSourceOptions(group: ArgumentGroup): void {
  group.add_argument("--base-url", {
    metavar: "URL",
    help: "address of the flags, instead of the server's own",
  });
  group.add_argument("--seed", {
    metavar: "N",
    type: integer,
    help: "seed of the delays and errors of a server that this program starts",
  });
  group.add_argument("--from", {
    metavar: "FILE",
    help: "take country codes from a file too, or from stdin for -",
  });
  group.add_argument("--urls", {
    metavar: "FILE",
    help: "download the addresses in a file instead, or in stdin for -, one in a line",
  });
  group.add_argument("--out", { metavar: "DIR", help: "folder for the files (default=downloads)" });
  group.add_argument("--dry-run", {
    action: "store_true",
    help: "print addresses and files, and download nothing",
  });
}

function addPaceOptions(group: ArgumentGroup): void {
  group.add_argument("--rate", {
    metavar: "N",
    type: positive,
    help: "at most N requests per second",
  });
  group.add_argument("--timeout", {
    metavar: "SECONDS",
    type: seconds,
    default: DEFAULT_TIMEOUT_SECONDS,
    help: `longest wait without any data (default=${DEFAULT_TIMEOUT_SECONDS})`,
  });
  group.add_argument("--connect-timeout", {
    metavar: "SECONDS",
    type: seconds,
    help: "longest wait for a connection (default: as --timeout)",
  });
  group.add_argument("--max-time", {
    metavar: "SECONDS",
    type: seconds,
    help: `longest time for one file with its retries (default: ${FLAG_SECONDS} for flags, a day with --urls)`,
  });
  group.add_argument("--deadline", {
    metavar: "SECONDS",
    type: seconds,
    help: "longest time for all of them",
  });
  group.add_argument("--max-bytes", {
    metavar: "N",
    type: integer,
    help: "largest file (default: 1 MiB for flags, 100 MiB with --urls)",
  });
}

function addRetryOptions(group: ArgumentGroup): void {
  group.add_argument("--retries", {
    metavar: "N",
    type: integer,
    default: 0,
    help: "further tries for a file after a failure that may pass (default=0)",
  });
  group.add_argument("--retry-budget", {
    metavar: "PERCENT",
    type: integer,
    default: DEFAULT_RETRY_BUDGET_PERCENT,
    // argparse fills in "%(…)s", so a percent sign of our own would have to be doubled.
    help: `retries of all files together, in percent of their number (default=${DEFAULT_RETRY_BUDGET_PERCENT})`,
  });
}

function addFileOptions(group: ArgumentGroup): void {
  group.add_argument("--skip-existing", {
    action: "store_true",
    help: "do not ask for files that are there and whole",
  });
  group.add_argument("--etag", {
    action: "store_true",
    help: "download only what has changed since the last run with this option",
  });
  group.add_argument("-R", "--remote-time", {
    action: "store_true",
    help: "give files the time at which the server says they were last changed",
  });
  group.add_argument("--resume", {
    action: "store_true",
    help: "keep what came of a file that broke off, and go on from there",
  });
  group.add_argument("--manifest", {
    metavar: "FILE",
    help: "the SHA-256 that the files must have, as sha256sum writes them",
  });
  group.add_argument("--verify", {
    action: "store_true",
    help: "download nothing; check the files that are there",
  });
}

function addReportOptions(group: ArgumentGroup): void {
  group.add_argument("--fail-on", {
    choices: ["error", "missing", "never"],
    default: "error",
    help: "what makes the exit code 1: errors, missing flags too, or nothing (default=error)",
  });
  group.add_argument("--json", {
    action: "store_true",
    help: "print one JSON document instead of the report",
  });
  group.add_argument("--ndjson", {
    action: "store_true",
    help: "print a line of JSON for each file, and one at the end",
  });
  group.add_argument("--stats", {
    action: "store_true",
    help: "add requests, bytes and times to the report",
  });
  group.add_argument("--report", {
    metavar: "FILE",
    help: "write the JSON document to a file, or to stdout for -",
  });
  group.add_argument("--gallery", {
    metavar: "FILE",
    help: "write an HTML page that shows what was downloaded, or print it for -",
  });
  group.add_argument("--progress", {
    choices: ["auto", "plain", "none"],
    default: "auto",
    help: "auto: a bar, on terminals only; plain: a line every 2 seconds (default=auto)",
  });
}
