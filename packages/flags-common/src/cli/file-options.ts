import type { CommandLineParser } from "./argument-parser.js";
import type { RawArguments } from "./options.js";

/** Options with a text that says nothing when it is empty; an empty proxy is none, and an empty User-Agent is not sent. */
const FILE_OPTIONS = {
  from: "--from FILE",
  urls: "--urls FILE",
  out: "--out DIR",
  cacert: "--cacert FILE",
  manifest: "--manifest FILE",
  report: "--report FILE",
  gallery: "--gallery FILE",
} as const;

/** Options that read what they name. */
const INPUTS = ["from", "urls", "cacert", "manifest"] as const;
/** Options that write what they name. */
const DOCUMENTS = ["report", "gallery"] as const;

/** The names under which Unix has the standard streams as files; they cannot be opened where they are sockets. */
const STANDARD_STREAMS = {
  stdin: /^(\/dev\/stdin|\/(dev|proc\/self)\/fd\/0)$/,
  stdout: /^(\/dev\/stdout|\/(dev|proc\/self)\/fd\/1)$/,
} as const;

/** Takes a standard stream for what it is, whatever it is called. */
export function withStandardStreams(raw: RawArguments): RawArguments {
  for (const name of INPUTS) {
    if (STANDARD_STREAMS.stdin.test(raw[name] ?? "")) raw[name] = "-";
  }
  for (const name of DOCUMENTS) {
    if (STANDARD_STREAMS.stdout.test(raw[name] ?? "")) raw[name] = "-";
  }
  return raw;
}

/** Checks the options that name files. */
export function checkFiles(parser: CommandLineParser, raw: RawArguments): void {
  for (const name of Object.keys(FILE_OPTIONS) as (keyof typeof FILE_OPTIONS)[]) {
    if (raw[name] === "") parser.usageError(`${FILE_OPTIONS[name]} must not be empty`);
  }
  const [first, second] = INPUTS.filter((name) => raw[name] === "-");
  if (second !== undefined) parser.usageError(`--${first} - does not go with --${second} -`);
}
