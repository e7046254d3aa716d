import type { FaultProfile, FaultRule } from "./rule.js";
import { BOOK_RULE_NAME } from "./draw.js";

/** Numbers of the first edition's profile. */
export interface BookRates {
  readonly delayMs: number;
  readonly errorRate: number;
  readonly delayRate: number;
}

/** The profiles that have a name. */
export const PROFILE_NAMES = Object.freeze([
  "book1",
  "book2",
  "flaky-cdn",
  "rate-limited",
  "captive-portal",
  "none",
] as const);

/** Name of a profile that comes with the server. */
export type FaultProfileName = (typeof PROFILE_NAMES)[number];

/** The statuses of a failing request, equally likely: those of the book's fault-making proxy, Vaurien. */
export const ERROR_STATUSES: readonly number[] = Object.freeze([500, 501, 502, 503]);

/** Makes a profile that comes with the server. Only `book1` has use for the rates. */
export function namedProfile(name: FaultProfileName, rates: BookRates): FaultProfile {
  switch (name) {
    case "book1":
      return firstEdition(rates);
    case "book2":
      return SECOND_EDITION;
    case "flaky-cdn":
      return FLAKY_CDN;
    case "rate-limited":
      return RATE_LIMITED;
    case "captive-portal":
      return CAPTIVE_PORTAL;
    case "none":
      return { description: "Every listener answers as it should.", rules: [] };
  }
}

/** Tells whether a profile of this name comes with the server. */
export function isProfileName(name: string): name is FaultProfileName {
  return PROFILE_NAMES.some((known) => known === name);
}

function firstEdition({ delayMs, errorRate, delayRate }: BookRates): FaultProfile {
  const slow = { kind: "delay", delay: delayMs } as const;
  const broken = { kind: "status", status: ERROR_STATUSES, close: true } as const;
  const shares = [
    { share: errorRate, fault: broken },
    // Delays take no more than the errors leave.
    { share: Math.min(delayRate, 1 - errorRate), fault: slow },
  ].filter(({ share }) => share > 0);
  const rules: FaultRule[] = [{ name: "book-delay", match: { listener: "DELAY" }, fault: slow }];
  if (shares.length > 0) {
    rules.push({ name: BOOK_RULE_NAME, match: { listener: "ERROR" }, oneOf: shares });
  }
  return {
    description: "Fluent Python, first edition: DELAY is slow, ERROR fails and delays.",
    rules,
  };
}

const SLOW_AS_IN_2E = { distribution: "uniform", minMs: 500, maxMs: 5000 } as const;

const SECOND_EDITION: FaultProfile = {
  description:
    "Fluent Python, second edition: 0.5 to 5 s late, and on ERROR a quarter are teapots.",
  rules: [
    {
      name: "book2-delay",
      match: { listener: "DELAY" },
      fault: { kind: "delay", delay: SLOW_AS_IN_2E },
    },
    {
      name: "book2-error",
      match: { listener: "ERROR" },
      oneOf: [
        { share: 0.25, fault: { kind: "status", status: 418, delay: SLOW_AS_IN_2E } },
        { share: 0.75, fault: { kind: "delay", delay: SLOW_AS_IN_2E } },
      ],
    },
  ],
};

const FLAKY_CDN: FaultProfile = {
  description:
    "A content network on a bad day: cut, stuck, slow and failing replies on every listener.",
  rules: [
    {
      name: "edge",
      oneOf: [
        { share: 0.03, fault: { kind: "reset" } },
        { share: 0.03, fault: { kind: "reset", afterBytes: 500 } },
        { share: 0.04, fault: { kind: "truncate" } },
        { share: 0.03, fault: { kind: "truncate", framing: "chunked" } },
        { share: 0.02, fault: { kind: "truncate", framing: "close" } },
        { share: 0.05, fault: { kind: "status", status: [502, 503, 504] } },
        { share: 0.02, fault: { kind: "html" } },
        { share: 0.02, fault: { kind: "drip", bytes: 256, everyMs: 20 } },
        { share: 0.01, fault: { kind: "hang", at: "body" } },
      ],
    },
    {
      name: "latency",
      fault: {
        kind: "delay",
        delay: { distribution: "lognormal", medianMs: 20, sigma: 1, maxMs: 2000 },
      },
    },
  ],
};

const RATE_LIMITED: FaultProfile = {
  description: "20 requests a second and client on each listener, 20 at once after a rest.",
  rules: [],
  limits: { requestsPerSecond: 20, burst: 20 },
};

const CAPTIVE_PORTAL: FaultProfile = {
  description: "Every flag is a sign-in page with status 200; metadata are redirected to it.",
  rules: [
    { name: "sign-in", match: { path: "/flags/*/*.gif" }, fault: { kind: "html" } },
    {
      name: "to-sign-in",
      match: { path: "/flags/*/metadata.json" },
      fault: { kind: "redirect", to: "/sign-in" },
    },
    { name: "portal", match: { path: "/sign-in" }, fault: { kind: "html" } },
  ],
};
