import type { IncomingMessage } from "node:http";

import type { FlagListenerLabel } from "../listener-label.js";
import { isDrawn } from "./delay-time.js";
import type { Fault } from "./fault.js";
import { headersTest, queryTest } from "./field-test.js";
import { pathGlob } from "./path-glob.js";
import type { FaultRule, FaultShare, RuleMatch } from "./rule.js";

/** The parts of a request that a rule looks at before anything is drawn. */
export interface MatchedRequest {
  readonly method: string;
  readonly path: string;
  readonly attempt: number;
  /** What stands behind the question mark. Default: nothing. */
  readonly query?: string;
  /** Where the fields are; a connection has none. */
  readonly message?: Pick<IncomingMessage, "headers">;
}

/** A rule made ready for one listener. */
export interface CompiledRule {
  readonly name: string;
  readonly matches: (request: MatchedRequest) => boolean;
  /** One fault for all, or several by share; what they leave is the next rule's. */
  readonly shares: readonly FaultShare[];
  /** Whether there is anything to draw: a hash per request is not for nothing. */
  readonly drawn: boolean;
}

/** The rules of one listener: those of its requests, and those of its connections. */
export interface ListenerRules {
  readonly requests: readonly CompiledRule[];
  readonly connections: readonly CompiledRule[];
}

const FLAGS = "/flags/";

type Test = (request: MatchedRequest) => boolean;

/** Makes the rules of one listener ready. Rules that are off, or about others, leave no trace. */
export function compileRules(
  rules: readonly FaultRule[],
  listener: FlagListenerLabel,
): ListenerRules {
  const compiled = rules
    .map((rule, index) => ({ rule, name: rule.name ?? `rule-${index + 1}` }))
    .filter(({ rule }) => rule.enabled !== false && isAbout(rule.match?.listener, listener))
    .map(({ rule, name }) => compileRule(rule, name));
  const isSlowAccept = ({ shares }: CompiledRule) => shares[0]?.fault.kind === "slow-accept";
  return {
    requests: compiled.filter((rule) => !isSlowAccept(rule)),
    connections: compiled.filter(isSlowAccept),
  };
}

/** Tells whether something that names listeners, or none for all, is about this one. */
export function isAbout(
  labels: FlagListenerLabel | readonly FlagListenerLabel[] | undefined,
  listener: FlagListenerLabel,
): boolean {
  return labels === undefined || asList(labels).includes(listener);
}

function compileRule(rule: FaultRule, name: string): CompiledRule {
  const { match = {} } = rule;
  const { probability = 1 } = match;
  const shares = rule.oneOf ?? [{ share: probability, fault: rule.fault }];
  const tests = testsOf(match);
  return {
    name,
    matches: (request) => tests.every((test) => test(request)),
    shares,
    drawn: shares.some(({ share, fault }) => share < 1 || drawsMore(fault)),
  };
}

function drawsMore(fault: Fault): boolean {
  if (fault.kind === "status" && typeof fault.status !== "number") return true;
  return isDrawn(fault.delay);
}

function testsOf(match: RuleMatch): readonly Test[] {
  const tests: Test[] = [];
  const { method, path, codes, attempt, every, headers, query } = match;
  if (method !== undefined) {
    const methods = asList(method);
    tests.push((request) => methods.includes(request.method));
  }
  if (path !== undefined) {
    const globs = asList(path).map(pathGlob);
    tests.push((request) => globs.some((fits) => fits(request.path)));
  }
  if (codes !== undefined) {
    const known = new Set(codes.map((code) => code.toLowerCase()));
    tests.push((request) => known.has(codeOf(request.path)));
  }
  if (attempt !== undefined) tests.push(attemptTest(attempt));
  if (headers !== undefined) {
    const fits = headersTest(headers);
    tests.push(({ message }) => fits((name) => valuesOf(message?.headers[name])));
  }
  if (query !== undefined) {
    const fits = queryTest(query);
    tests.push((request) => fits(request.query ?? ""));
  }
  if (every !== undefined) tests.push((request) => request.attempt % every === 0);
  return tests;
}

function attemptTest(attempt: NonNullable<RuleMatch["attempt"]>): Test {
  if (typeof attempt === "number") return (request) => request.attempt === attempt;
  if ("from" in attempt || "to" in attempt) {
    const { from = 1, to = Infinity } = attempt;
    return (request) => request.attempt >= from && request.attempt <= to;
  }
  const numbers = attempt as readonly number[];
  return (request) => numbers.includes(request.attempt);
}

function valuesOf(field: string | string[] | undefined): readonly string[] {
  return field === undefined ? [] : [field].flat();
}

/** Gives the country code that a path is about, in lower case, or an empty string. */
export function codeOf(path: string): string {
  if (!path.startsWith(FLAGS) || path.charAt(FLAGS.length + 2) !== "/") return "";
  return path.slice(FLAGS.length, FLAGS.length + 2).toLowerCase();
}

function asList<Item>(value: Item | readonly Item[]): readonly Item[] {
  return Array.isArray(value) ? (value as readonly Item[]) : [value as Item];
}
