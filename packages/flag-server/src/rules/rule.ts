import type { FlagListenerLabel } from "../listener-label.js";
import type { FieldMatches } from "./field-test.js";
import type { Fault } from "./fault.js";

/** Which requests a rule is about. All that is given must hold; an empty match is every request. */
export interface RuleMatch {
  /** One label or several. */
  readonly listener?: FlagListenerLabel | readonly FlagListenerLabel[];
  /** One method or several, in upper case. */
  readonly method?: string | readonly string[];
  /**
   * One glob or several over the whole path of the URL: `*` is any text without a slash, `**` any text, `?`
   * one character but a slash.
   */
  readonly path?: string | readonly string[];
  /** Country codes, in any case of letters: the paths below `/flags/<cc>/`. */
  readonly codes?: readonly string[];
  /**
   * Which request of the same path it is, from 1: a number, several, or all from one number to another,
   * both included.
   */
  readonly attempt?: number | readonly number[] | { readonly from?: number; readonly to?: number };
  /**
   * Fields of the request by name, in any case of letters: `true` is there, `false` is not there, and a text
   * is a glob over the value, in which `*` is any text and `?` one character.
   */
  readonly headers?: FieldMatches;
  /** Parameters of the query by name, decoded, with values as those of `headers`; one of several suffices. */
  readonly query?: FieldMatches;
  /** Every k-th request of the same path: with 3, its 3rd, 6th, 9th and so on. */
  readonly every?: number;
  /** Share of the requests that match, from 0 to 1, drawn from the request's identity. Default: 1. */
  readonly probability?: number;
}

/** One of several faults of a rule. */
export interface FaultShare {
  /** Its share of the requests that match, above 0 and up to 1. All shares together are 1 at most. */
  readonly share: number;
  readonly fault: Fault;
}

interface RuleBase {
  /**
   * Names the rule in the journal, the metrics and the control API. It has a part in what is drawn: another
   * name gives other fates. Unique. Default: `rule-1` for the first rule, and so on.
   */
  readonly name?: string;
  /** A rule that is switched off matches nothing. Default: true. */
  readonly enabled?: boolean;
  readonly match?: RuleMatch;
}

/**
 * Says what happens to which requests. Rules form an ordered list, and the first that matches decides; a
 * request that none matches is answered as it should be.
 *
 * A rule has either one `fault`, or several shares of which one is drawn. What the shares leave goes on to
 * the next rule.
 *
 * @example
 * const failTwiceThenWork: FaultRule = {
 *   match: { codes: ["US"], attempt: { to: 2 } },
 *   fault: { kind: "status", status: 503, retryAfterSeconds: 1 },
 * };
 */
export type FaultRule =
  | (RuleBase & { readonly fault: Fault; readonly oneOf?: never })
  | (RuleBase & { readonly oneOf: readonly FaultShare[]; readonly fault?: never });

/** Limits that hang on time and on other requests, and so are not repeatable as faults are. */
export interface FaultLimits {
  /** Listeners that the limits hold for, each by itself. Default: all. */
  readonly listener?: FlagListenerLabel | readonly FlagListenerLabel[];
  /** Connections open at once on a listener, an integer from 1. One more is reset. */
  readonly maxConnections?: number;
  /**
   * Closes a connection that has been idle for so many milliseconds since its last reply, an integer from 1.
   * Nothing tells the client before. Default: 5000, of which Keep-Alive tells.
   */
  readonly idleTimeoutMs?: number;
  /**
   * Requests a second that each client may make on a listener, on average: a token bucket. Above it the
   * reply is 429 with Retry-After. A client is an address, or an `X-Fault-Run` where fault headers are on.
   */
  readonly requestsPerSecond?: number;
  /** Requests that a client may make at once after a rest, an integer from 1. Default: 1. */
  readonly burst?: number;
  /** Status of a request too many: 429 (the default) or 503. */
  readonly status?: 429 | 503;
  /** How Retry-After says when to come back. Default: `"seconds"`. */
  readonly retryAfterFormat?: "seconds" | "date";
}

/** A set of rules and limits that can be written down as JSON. */
export interface FaultProfile {
  /** Where the schema is, for editors; it has no effect. */
  readonly $schema?: string;
  /** What the profile is like, for people. */
  readonly description?: string;
  readonly rules: readonly FaultRule[];
  readonly limits?: FaultLimits;
}
