import { readFileSync, statSync } from "node:fs";

import { ArgumentParser, ArgumentTypeError, SUPPRESS } from "argparse";

import { errorCode, messageOf } from "./failures.js";
import { OPTION_NAMES } from "./option-names.js";
import { FLAG_LISTENER_LABELS, type FlagListenerLabel } from "./listener-label.js";
import { isControlAsked, isLoopback, resolveOptions, type FlagServerOptions } from "./options.js";
import { isProfileName, PROFILE_NAMES, type FaultProfileName } from "./rules/profiles.js";
import type { FaultProfile, FaultRule } from "./rules/rule.js";

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
  const { quiet, tlsKey, tlsCert, ...rest } = parser.parse_args<Arguments>([...args]);
  if ((tlsKey === undefined) !== (tlsCert === undefined)) {
    parser.error("--tls-key and --tls-cert go together");
  }
  const isOwnKey = tlsKey !== undefined && tlsCert !== undefined;
  const given = { ...rest, ...(isOwnKey ? { tls: { key: tlsKey, cert: tlsCert } } : {}) };
  // The port of a listener that is on anyway, unless others could reach this machine's clients through it.
  const options = { control: isLoopback(given.host) || isControlAsked(given), ...given };
  try {
    resolveOptions(options, (option) => OPTION_NAMES[option]);
  } catch (error) {
    parser.error(messageOf(error));
  }
  return { options, quiet };
}

interface Arguments extends FlagServerOptions {
  readonly quiet: boolean;
  /** As PEM, like the certificate. */
  readonly tlsKey?: string;
  readonly tlsCert?: string;
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
  add("profile", {
    metavar: "PROFILE",
    type: profile,
    help: `what goes wrong: ${PROFILE_NAMES.join(", ")}, a JSON file, or JSON (default: book1)`,
  });
  add("rules", {
    metavar: "RULES",
    type: rules,
    help: "rules to stand before those of the profile: a JSON file, or JSON",
  });
  add("files", {
    metavar: "FOLDER",
    type: folder,
    help: "a folder whose files to serve beside the flags",
  });
  add("tls", {
    action: "store_true",
    default: SUPPRESS,
    help: "speak TLS, with a new certificate that the control listener gives as /certificate.pem",
  });
  for (const [option, dest] of [
    ["--tls-key", "tlsKey"],
    ["--tls-cert", "tlsCert"],
  ] as const) {
    parser.add_argument(option, {
      dest,
      metavar: "FILE",
      type: (text: string) => readText(text, "no file has this name"),
      help: "speak TLS with a key and a certificate of your own, both PEM",
    });
  }
  add("faultHeaders", {
    action: "store_true",
    default: SUPPRESS,
    help: "let each request ask for a fault in X-Fault",
  });
  add("controlPort", {
    metavar: "PORT",
    type: integer,
    help: "port of the control listener, which has the page (default: the third after LOCAL's)",
  });
  add("controlHost", {
    metavar: "ADDRESS",
    help: "address of the control listener, for other machines; needs --control-token",
  });
  add("controlToken", {
    metavar: "TOKEN",
    help: "what clients of the control listener must send: Authorization: Bearer TOKEN",
  });
  add("control", {
    action: "store_true",
    default: SUPPRESS,
    help: "open the control listener although --host is not a loopback address",
  });
  parser.add_argument("--no-control", {
    dest: "control",
    action: "store_false",
    default: SUPPRESS,
    help: "open no control listener",
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

function profile(text: string): FaultProfileName | FaultProfile {
  if (isProfileName(text)) return text;
  if (text.trimStart().startsWith("{")) return parseJson(text) as FaultProfile;
  return readJson(text, "no profile and no file has this name") as FaultProfile;
}

function rules(text: string): readonly FaultRule[] {
  const isJson = /^\s*[[{]/.test(text);
  return (isJson ? parseJson(text) : readJson(text, "no file has this name")) as FaultRule[];
}

function readJson(file: string, whenMissing: string): unknown {
  return parseJson(readText(file, whenMissing));
}

function readText(file: string, whenMissing: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = errorCode(error);
    const reason = code === "ENOENT" ? whenMissing : `no file (${code})`;
    throw new ArgumentTypeError(`${quote(file)}: ${reason}`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The message quotes the text, with its line breaks.
    const reason = messageOf(error).replace(/\s+/g, " ");
    throw new ArgumentTypeError(`not JSON: ${reason}`);
  }
}

function folder(text: string): string {
  if (statSync(text, { throwIfNoEntry: false })?.isDirectory() === true) return text;
  throw new ArgumentTypeError(`${quote(text)} is no folder`);
}

function quote(text: string): string {
  return JSON.stringify(text);
}

function readVersion(): string {
  const url = new URL("../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(url, "utf8")) as { version: string };
  return version;
}
