import type { ArgumentGroup } from "argparse";
import { parseProxy } from "../fetch/proxy.js";
import type { RequestHeaders } from "../fetch/request-headers.js";
import { errorMessage } from "../shared/failure-reason.js";
import { argumentType, type CommandLineParser } from "./argument-parser.js";
import { parseInteger } from "./parse-numbers.js";

const DEFAULT_MAX_REDIRECTS = 5;
const MAX_REDIRECTS = 1000;

/** Adds what curl has for one request, under curl's names. */
export function addRequestOptions(group: ArgumentGroup): void {
  group.add_argument("-H", "--header", {
    metavar: "HEADER",
    action: "append",
    default: [],
    help: "send 'Name: value' too, or not the one that is sent usually for 'Name:'; may be repeated",
  });
  group.add_argument("-A", "--user-agent", {
    metavar: "NAME",
    help: "what to send as User-Agent (default: name and version of this program)",
  });
  group.add_argument("-L", "--location", {
    action: "store_true",
    help: "follow redirects to other hosts too",
  });
  group.add_argument("--max-redirs", {
    metavar: "N",
    type: argumentType("int", parseInteger),
    default: DEFAULT_MAX_REDIRECTS,
    help: `redirects to follow for a file (default=${DEFAULT_MAX_REDIRECTS})`,
  });
  group.add_argument("-x", "--proxy", {
    metavar: "URL",
    help: "the proxy for all requests: http, https, socks4, socks4a, socks5 or socks5h; '' for none (default: from the environment)",
  });
  group.add_argument("--cacert", {
    metavar: "FILE",
    help: "trust the certificates in a PEM file, and no others",
  });
  group.add_argument("-k", "--insecure", {
    action: "store_true",
    help: "take any certificate from anybody",
  });
}

/** Checks `--max-redirs`. */
export function checkRedirects(
  parser: CommandLineParser,
  { max_redirs: redirects }: { readonly max_redirs: number },
): void {
  if (redirects >= 0 && redirects <= MAX_REDIRECTS) return;
  parser.usageError(`--max-redirs N must be from 0 to ${MAX_REDIRECTS}`);
}

/** Checks `--proxy`; what it says must not have the password in it. */
export function checkProxy(
  parser: CommandLineParser,
  { proxy }: { readonly proxy: string | undefined },
): void {
  if (proxy === undefined || proxy.trim() === "") return;
  try {
    parseProxy(proxy.trim(), "it");
  } catch (error) {
    parser.usageError(`--proxy URL cannot be used: ${errorMessage(error)}`);
  }
}

/** The headers of `-H` and `-A`; an empty value takes away what is sent usually. */
export function headersOf(
  parser: CommandLineParser,
  raw: { readonly header: readonly string[]; readonly user_agent: string | undefined },
): RequestHeaders {
  const headers = new Map<string, Header>();
  const checked = (option: string, value: string): string => {
    if (/[^\t\x20-\x7e\x80-\u{10ffff}]/u.test(value)) {
      parser.usageError(`${option} must not have control characters`);
    }
    // Bytes of UTF-8 go out as they are, as from curl.
    return Buffer.from(value).toString("latin1");
  };
  for (const line of raw.header) {
    const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(.*?)\s*$/s.exec(line) ?? [];
    // The header itself may be a secret.
    if (name === undefined || value === undefined) {
      parser.usageError("--header HEADER must be like 'Name: value'");
    }
    const key = name.toLowerCase();
    const header = headers.get(key) ?? { name, values: [] };
    headers.set(key, header);
    header.values.push(checked("--header HEADER", value));
  }
  if (raw.user_agent !== undefined && !headers.has("user-agent")) {
    const values = [checked("--user-agent NAME", raw.user_agent)];
    headers.set("user-agent", { name: "User-Agent", values });
  }
  // Defined and not assigned: a header may be called __proto__.
  return Object.fromEntries(
    [...headers].map(([key, { name, values }]) => [name, sent(key, values)]),
  );
}

interface Header {
  readonly name: string;
  readonly values: string[];
}

/** What is sent of a header that was given several times: a line for each, where that is allowed. */
function sent(key: string, all: readonly string[]): string | readonly string[] {
  // An empty one takes away what is sent usually, and nothing of what is given.
  const [first = "", ...more] = all.filter((value) => value !== "");
  // RFC 9112, 3.2.
  if (more.length === 0 || key === "host") return first;
  // RFC 6265, 5.4.
  return key === "cookie" ? [first, ...more].join("; ") : [first, ...more];
}
