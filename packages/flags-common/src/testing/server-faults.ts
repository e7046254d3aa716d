import assert from "node:assert/strict";
import type { FlagErrorCode } from "../fetch/flag-result.js";
import type { DownloadRecord } from "../report/record.js";

/** What must become of a file. */
export interface Fate {
  /** The limit that ends the file, whatever else happens: a run that is to know its fate must not meet the other one. */
  readonly limit?: "timeout" | "maxTime";
  readonly status: DownloadRecord["status"];
  readonly codes?: readonly FlagErrorCode[];
  readonly reason?: RegExp;
}

const OK: Fate = { status: "ok" };

function error(codes: FlagErrorCode | readonly FlagErrorCode[], reason: RegExp): Fate {
  return { status: "error", codes: typeof codes === "string" ? [codes] : codes, reason };
}

/** In the end silence. */
const SILENT: Fate = {
  ...error("TIMEOUT", /^timed out after [\d.]+ s without data$/),
  limit: "timeout",
};
const SLOW: Fate = { ...error("TIMEOUT", /^took longer than [\d.]+ s$/), limit: "maxTime" };

/** Whatever is in it: no encoding was asked for. */
const ENCODED = error("NOT_A_GIF", /^not a GIF \(encoded as gzip\)$/);

/**
 * Everything that the flag server can do wrong with a request, and what a program must make of it. Each `fault` is
 * one of `@concur/flag-server`; the faults of connections are not here, because they are not those of a file.
 */
export const SERVER_FAULTS = [
  { fault: { kind: "pass" }, fate: OK },
  { fault: { kind: "delay", delay: 50 }, fate: OK },
  { fault: { kind: "delay", delay: { ms: 50, before: "body" } }, fate: OK },
  { fault: { kind: "drip", bytes: 1000, everyMs: 10 }, fate: OK },
  { fault: { kind: "trailers", trailers: { "x-checked": "yes" } }, fate: OK },
  { fault: { kind: "informational" }, fate: OK },
  { fault: { kind: "status", status: 404 }, fate: { status: "notFound" } },
  {
    fault: { kind: "status", status: 503, close: true },
    fate: error("HTTP_STATUS", /^HTTP 503 - Service Unavailable$/),
  },
  {
    fault: { kind: "status", status: 429, retryAfterSeconds: 3600 },
    fate: error("HTTP_STATUS", /^HTTP 429 - Too Many Requests$/),
  },
  {
    fault: { kind: "reset" },
    fate: error("RESET", /^Connection (reset|closed without an answer)$/),
  },
  {
    fault: { kind: "reset", afterBytes: 100 },
    fate: error("TRUNCATED", /^body is truncated \(\d+ of \d+ bytes\)$/),
  },
  {
    fault: { kind: "truncate" },
    fate: error("TRUNCATED", /^body is truncated \(\d+ of \d+ bytes\)$/),
  },
  {
    fault: { kind: "truncate", framing: "chunked" },
    fate: error("TRUNCATED", /^body is truncated \(\d+ bytes, then the connection closed\)$/),
  },
  {
    fault: { kind: "truncate", framing: "close" },
    fate: error("TRUNCATED", /^body is truncated \(GIF without its end, \d+ bytes\)$/),
  },
  { fault: { kind: "drip", bytes: 1, everyMs: 100 }, fate: SLOW },
  { fault: { kind: "hang" }, fate: SILENT },
  { fault: { kind: "hang", at: "mid-headers" }, fate: SILENT },
  { fault: { kind: "hang", at: "body" }, fate: SILENT },
  {
    fault: { kind: "content-type" },
    fate: error("NOT_A_GIF", /^not a GIF \(application\/octet-stream\)$/),
  },
  {
    fault: { kind: "wrong-length", differenceBytes: 10 },
    fate: error("TRUNCATED", /^body is truncated \(\d+ of \d+ bytes\)$/),
  },
  {
    // Whether the surplus is met together with the body depends on how the bytes arrive.
    fault: { kind: "wrong-length", differenceBytes: -10 },
    fate: error(["TRUNCATED", "BAD_RESPONSE"], /GIF without its end|not an HTTP answer/),
  },
  { fault: { kind: "html" }, fate: error("NOT_A_GIF", /^not a GIF \(text\/html/) },
  { fault: { kind: "bad-trailer" }, fate: error("TRUNCATED", /GIF without its end/) },
  {
    fault: { kind: "redirect", to: "itself" },
    fate: error("REDIRECT", /^more than 5 redirects \(--max-redirs\)$/),
  },
  {
    fault: { kind: "redirect", to: "other-host" },
    fate: error("REDIRECT", /^redirect to another host refused/),
  },
  // Nobody speaks https there.
  { fault: { kind: "redirect", to: "other-scheme" }, fate: error(["NETWORK", "RESET"], /./) },
  { fault: { kind: "gzip" }, fate: ENCODED },
  { fault: { kind: "gzip", damage: "truncated" }, fate: ENCODED },
  { fault: { kind: "gzip", damage: "none" }, fate: ENCODED },
  { fault: { kind: "gzip", damage: "garbage" }, fate: ENCODED },
  { fault: { kind: "garbage" }, fate: error("BAD_RESPONSE", /^not an HTTP answer/) },
] as const satisfies readonly { readonly fault: object; readonly fate: Fate }[];

/** One of {@link SERVER_FAULTS}. */
export type ServerFault = (typeof SERVER_FAULTS)[number];

/** Every fault, dealt out to the files of a run. */
export interface FaultPlan {
  /** For the flag server. */
  readonly rules: {
    readonly match: { readonly codes: readonly string[] };
    readonly fault: ServerFault["fault"];
  }[];
  /** The files that must arrive. */
  readonly whole: readonly string[];
  /** Throws an `AssertionError` when a file has not met its fate. */
  check(records: readonly DownloadRecord[]): void;
}

/**
 * Deals faults out to country codes, one after the other, so that neighbours in a run meet different ones.
 *
 * @param codes - At least as many as there are faults.
 */
export function planFaults(
  codes: readonly string[],
  faults: readonly ServerFault[] = SERVER_FAULTS,
): FaultPlan {
  const dealt = faults.map((fault, index) => ({
    ...fault,
    codes: codes.filter((_code, place) => place % faults.length === index),
  }));
  const fates = new Map<string, { readonly fate: Fate; readonly fault: ServerFault["fault"] }>(
    dealt.flatMap((one) => one.codes.map((code) => [code, one] as const)),
  );
  return {
    rules: dealt.map(({ fault, codes: its }) => ({ match: { codes: its }, fault })),
    whole: codes.filter((code) => fates.get(code)?.fate === OK),
    check(records) {
      const names = records.map(({ name }) => name);
      assert.deepEqual(names.toSorted(), [...codes].sort(), "each file is reported once");
      for (const { name, status, code, reason } of records) {
        const { fate = OK, fault } = fates.get(name) ?? {};
        const story = `${name}, after ${JSON.stringify(fault)}: ${status} ${code ?? ""} ${reason ?? ""}`;
        assert.equal(status, fate.status, story);
        assert.ok(fate.codes === undefined || fate.codes.some((one) => one === code), story);
        assert.match(reason ?? "", fate.reason ?? /^$/, story);
      }
    },
  };
}

/** Reads what a program prints with `--ndjson`: the files, and the counts of the summary. */
export function readNdjson(stdout: string): {
  readonly records: DownloadRecord[];
  readonly summary: Readonly<Record<string, unknown>>;
} {
  const lines = stdout.trimEnd().split("\n");
  const { summary } = JSON.parse(lines.pop() ?? "") as { summary: Record<string, unknown> };
  return { records: lines.map((line) => JSON.parse(line) as DownloadRecord), summary };
}
