import { types } from "node:util";
import { expandCodes } from "../input/country-codes.js";
import { ParserExit, type CommandLineParser } from "./argument-parser.js";
import {
  createParser,
  type CommandLineDefinition,
  FLAG_SECONDS,
  type FailOn,
  type RawArguments,
} from "./options.js";
import { checkFiles, withStandardStreams } from "./file-options.js";
import type { RequestHeaders } from "../fetch/request-headers.js";
import { checkProxy, checkRedirects, headersOf } from "./request-options.js";
import {
  DEFAULT_SERVER,
  isServerLabel,
  SERVER_LABELS,
  SERVERS,
  type ServerLabel,
} from "./servers.js";

/** A command line, read and checked. */
export interface CommandLine {
  /** Sorted, upper case, each once; never empty, but for what is still to be read with `from` or `urls`. */
  readonly ccList: readonly string[];
  /** Country codes on the command line that `-e` or `-a` made meaningless. */
  readonly ignoredCodes: readonly string[];
  /** The option that made them so. */
  readonly ignoredBecauseOf: "--every" | "--all" | undefined;
  /** The file, or `-`, from which more country codes are to be read. */
  readonly from: string | undefined;
  /** The file, or `-`, with the addresses that are to be downloaded instead of flags. */
  readonly urls: string | undefined;
  /** How many of the first files to keep, from 1. */
  readonly limit: number | undefined;
  /** `-m` as given: at least 1, not yet cut to what the program allows. */
  readonly maxReq: number | "auto";
  readonly server: ServerLabel;
  /** Where the flags are: without a slash at the end. */
  readonly baseUrl: string;
  /** Whether `--base-url` was given: then no server is started. */
  readonly ownBaseUrl: boolean;
  readonly seed: number | undefined;
  readonly failOn: FailOn;
  readonly verbose: boolean;
  readonly out: string | undefined;
  readonly dryRun: boolean;
  /** What to send with each request, without a default User-Agent. */
  readonly headers: RequestHeaders;
  /** Whether redirects may lead to any host. */
  readonly location: boolean;
  readonly maxRedirects: number;
  /** The proxy to use instead of those of the environment; empty for none. */
  readonly proxy: string | undefined;
  /** The file with the certificates to trust. */
  readonly cacert: string | undefined;
  readonly insecure: boolean;
  readonly remoteTime: boolean;
  readonly ratePerSecond: number | undefined;
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly maxTimeMs: number;
  readonly deadlineMs: number | undefined;
  readonly maxBytes: number;
  readonly retries: number;
  readonly retryBudgetPercent: number;
  readonly skipExisting: boolean;
  readonly etag: boolean;
  readonly resume: boolean;
  readonly manifest: string | undefined;
  readonly verify: boolean;
  readonly format: "text" | "json" | "ndjson";
  readonly stats: boolean;
  readonly report: string | undefined;
  readonly gallery: string | undefined;
  readonly progress: "auto" | "plain" | "none";
  /** The program's own options, by name; those that were not given are missing. */
  readonly own: Readonly<Record<string, number>>;
}

/** What a command line comes to: something to run, or a text to print before leaving. */
export type ParsedCommandLine =
  | { readonly outcome: "run"; readonly commandLine: CommandLine }
  | { readonly outcome: "help" | "version" | "usage"; readonly text: string };

const MAX_RETRIES = 1000;
/** A server that sends something now and then may take as long as it likes. */
const FILE_SECONDS = 86_400;
const MEBIBYTE = 2 ** 20;

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
    const raw: RawArguments = withStandardStreams(parser.parse_args(expandPrefixes(own)));
    if (raw.version) {
      const { programName, version } = definition;
      return { outcome: "version", text: [programName, version].filter(Boolean).join(" ") };
    }
    return { outcome: "run", commandLine: check(parser, raw, ownValues(parser, raw, definition)) };
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

/** Makes the checks of the Python programs first, in their order and with their words. */
function check(parser: CommandLineParser, raw: RawArguments, own: CommandLine["own"]): CommandLine {
  if (raw.max_req !== "auto" && raw.max_req < 1) {
    parser.usageError("--max_req CONCURRENT must be >= 1");
  }
  if (raw.limit !== undefined && raw.limit < 1) parser.usageError("--limit N must be >= 1");
  const server = raw.server.toUpperCase();
  if (!isServerLabel(server)) {
    parser.usageError(`--server LABEL must be one of ${SERVER_LABELS.join(", ")}`);
  }
  const override = raw.every ? "--every" : raw.all ? "--all" : undefined;
  const ccList = codesOf(parser, raw);
  checkCombinations(parser, raw);
  return {
    ccList,
    ignoredCodes: override === undefined ? [] : raw.cc,
    ignoredBecauseOf: raw.cc.length > 0 ? override : undefined,
    from: raw.from,
    urls: raw.urls,
    limit: raw.limit,
    maxReq: raw.max_req,
    server,
    baseUrl: raw.base_url === undefined ? SERVERS[server] : addressOf(parser, raw.base_url),
    ownBaseUrl: raw.base_url !== undefined,
    seed: raw.seed,
    failOn: raw.fail_on,
    verbose: raw.verbose,
    out: raw.out,
    dryRun: raw.dry_run,
    headers: headersOf(parser, raw),
    location: raw.location,
    maxRedirects: raw.max_redirs,
    proxy: raw.proxy,
    cacert: raw.cacert,
    insecure: raw.insecure,
    remoteTime: raw.remote_time,
    ratePerSecond: raw.rate,
    timeoutMs: milliseconds(raw.timeout),
    connectTimeoutMs: milliseconds(raw.connect_timeout ?? raw.timeout),
    maxTimeMs: milliseconds(raw.max_time ?? (raw.urls === undefined ? FLAG_SECONDS : FILE_SECONDS)),
    deadlineMs: raw.deadline === undefined ? undefined : milliseconds(raw.deadline),
    maxBytes: raw.max_bytes ?? (raw.urls === undefined ? MEBIBYTE : 100 * MEBIBYTE),
    retries: raw.retries,
    retryBudgetPercent: raw.retry_budget,
    skipExisting: raw.skip_existing,
    etag: raw.etag,
    resume: raw.resume,
    manifest: raw.manifest,
    verify: raw.verify,
    format: raw.json ? "json" : raw.ndjson ? "ndjson" : "text",
    stats: raw.stats,
    report: raw.report,
    gallery: raw.gallery,
    progress: raw.progress,
    own,
  };
}

/** Timers take whole milliseconds, from 1. */
function milliseconds(seconds: number): number {
  return Math.max(1, Math.round(seconds * 1000));
}

function checkCombinations(parser: CommandLineParser, raw: RawArguments): void {
  checkFiles(parser, raw);
  if (raw.retries < 0 || raw.retries > MAX_RETRIES) {
    parser.usageError(`--retries N must be from 0 to ${MAX_RETRIES}`);
  }
  if (raw.retry_budget < 0) parser.usageError("--retry-budget PERCENT must be >= 0");
  if (raw.max_bytes !== undefined && raw.max_bytes < 1) {
    parser.usageError("--max-bytes N must be >= 1");
  }
  checkRedirects(parser, raw);
  checkProxy(parser, raw);
  const forbid = (one: string, others: Readonly<Record<string, boolean>>): void => {
    const other = Object.keys(others).find((name) => others[name]);
    if (other !== undefined) parser.usageError(`${one} does not go with ${other}`);
  };
  const codes = { "--every": raw.every, "--all": raw.all };
  if (raw.from !== undefined) forbid("--from", codes);
  if (raw.urls !== undefined) {
    forbid("--urls", {
      CC: raw.cc.length > 0,
      ...codes,
      "--from": raw.from !== undefined,
      "--base-url": raw.base_url !== undefined,
      "--server": raw.server !== DEFAULT_SERVER,
    });
  }
  if (raw.json) forbid("--json", { "--ndjson": raw.ndjson });
  if (raw.report === "-" || raw.gallery === "-") {
    forbid(raw.report === "-" ? "--report -" : "--gallery -", {
      "--json": raw.json,
      "--ndjson": raw.ndjson,
      "--gallery -": raw.report === "-" && raw.gallery === "-",
    });
  }
}

function ownValues(
  parser: CommandLineParser,
  raw: RawArguments,
  { ownOptions = [] }: CommandLineDefinition,
): CommandLine["own"] {
  const values = new Map<string, unknown>(Object.entries(raw));
  const own: Record<string, number> = {};
  for (const { name, metavar } of ownOptions) {
    const value = values.get(name);
    if (typeof value !== "number") continue;
    if (value < 1) parser.usageError(`--${name} ${metavar} must be >= 1`);
    own[name] = value;
  }
  return own;
}

function codesOf(parser: CommandLineParser, raw: RawArguments): string[] {
  const { every, all, cc: codes, limit } = raw;
  const awaitsList = raw.urls !== undefined || raw.from !== undefined;
  if (awaitsList && codes.length === 0 && !every && !all) return [];
  try {
    // Codes of a list are still to come; the limit is for all of them.
    return expandCodes({ every, all, codes, limit: awaitsList ? undefined : limit });
  } catch (error) {
    if (types.isNativeError(error) && error.name === "RangeError") {
      parser.usageError(error.message);
    }
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
