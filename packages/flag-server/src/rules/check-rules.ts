import { checkFields, type ResponseFields } from "../response-fields.js";
import { findProblem } from "./check-schema.js";
import type { Fault, FaultDelay } from "./fault.js";
import type { FaultLimits, FaultProfile, FaultRule } from "./rule.js";
import { definition, profileSchema } from "./schema.js";

/**
 * Checks rules from outside and gives a copy of them.
 *
 * @param path - How messages call the list.
 * @throws {TypeError} When a value is of the wrong kind.
 * @throws {RangeError} When a value is out of range, or rules contradict themselves. Either names the path.
 */
export function checkRules(value: unknown, path = "rules"): readonly FaultRule[] {
  refuse(value, definition("rules"), path);
  const rules = structuredClone(value) as readonly FaultRule[];
  checkNames(rules, path);
  for (const [index, rule] of rules.entries()) checkRule(rule, `${path}[${index}]`);
  return rules;
}

/** Checks one fault, as `checkRules` does. */
export function checkFault(value: unknown, path: string): Fault {
  refuse(value, definition("fault"), path);
  const fault = structuredClone(value) as Fault;
  checkMeaning(fault, path);
  return fault;
}

/** Checks fields of a reply, if there are any, as `checkRules` does. */
export function checkResponseFields(value: unknown, path: string): void {
  if (value === undefined) return;
  refuse(value, definition("responseFields"), path);
  checkFields(value as ResponseFields, path);
}

/** Checks limits, as `checkRules` does. */
export function checkLimits(value: unknown, path = "limits"): FaultLimits {
  refuse(value, definition("limits"), path);
  return structuredClone(value) as FaultLimits;
}

/** Checks a profile, as `checkRules` does. */
export function checkProfile(value: unknown, path = ""): FaultProfile {
  refuse(value, profileSchema(), path);
  const profile = value as FaultProfile;
  checkRules(profile.rules, path === "" ? "rules" : `${path}.rules`);
  return structuredClone(profile);
}

function refuse(value: unknown, schema: Parameters<typeof findProblem>[1], path: string): void {
  const found = findProblem(value, schema, path);
  if (found === undefined) return;
  const message = found.path === "" ? `the profile${found.message}` : found.message;
  throw found.wrongType ? new TypeError(message) : new RangeError(message);
}

function checkNames(rules: readonly FaultRule[], path: string): void {
  const names = new Map<string, number>();
  for (const [index, rule] of rules.entries()) {
    const name = rule.name ?? `rule-${index + 1}`;
    const other = names.get(name);
    if (other !== undefined) {
      throw new RangeError(
        `${path}[${index}].name must be unique; ${path}[${other}] is ${name} too`,
      );
    }
    names.set(name, index);
  }
}

function checkRule(rule: FaultRule, path: string): void {
  const { match = {} } = rule;
  const { attempt } = match;
  if (typeof attempt === "object" && "from" in attempt && "to" in attempt) {
    const { from = 1, to = Infinity } = attempt;
    if (from > to) throw new RangeError(`${path}.match.attempt.from must not be above to`);
  }
  if (rule.oneOf === undefined) {
    checkMeaning(rule.fault, `${path}.fault`);
    if (rule.fault.kind === "slow-accept") checkSlowAccept(rule, path);
    return;
  }
  if (match.probability !== undefined) {
    throw new RangeError(
      `${path}.match.probability must be absent: the shares of oneOf stand for it`,
    );
  }
  for (const [index, { fault }] of rule.oneOf.entries()) {
    checkMeaning(fault, `${path}.oneOf[${index}].fault`);
    if (fault.kind === "slow-accept") {
      throw new RangeError(`${path}.oneOf[${index}].fault.kind must not be slow-accept`);
    }
  }
  const sum = rule.oneOf.reduce((total, { share }) => total + share, 0);
  // Three thirds written in decimals may add up to a little more than 1.
  if (sum > 1 + 1e-9) throw new RangeError(`${path}.oneOf must have shares of 1 together at most`);
}

/** A connection has no method and no path yet. */
function checkSlowAccept({ match = {} }: FaultRule, path: string): void {
  for (const name of ["method", "path", "codes", "headers", "query"] as const) {
    if (match[name] === undefined) continue;
    throw new RangeError(`${path}.match.${name} must be absent: slow-accept is about connections`);
  }
}

/** Checks of a fault what no schema says. */
function checkMeaning(fault: Fault, path: string): void {
  checkDelay(fault.delay, `${path}.delay`);
  if (fault.kind === "trailers") checkFields(fault.trailers, `${path}.trailers`);
  if (fault.kind === "status" || fault.kind === "informational") {
    checkFields(fault.headers, `${path}.headers`);
  }
}

function checkDelay(delay: FaultDelay | undefined, path: string): void {
  if (typeof delay !== "object" || !("distribution" in delay)) return;
  if (delay.distribution === "uniform" && delay.minMs > delay.maxMs) {
    throw new RangeError(`${path}.minMs must not be above maxMs`);
  }
}
