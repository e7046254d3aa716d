import type { JournalEntry, JournalQuery } from "../journal.js";
import { FLAG_LISTENER_LABELS } from "../listener-label.js";
import type { FieldMatches } from "../rules/field-test.js";
import { MAX_GLOB_LENGTH } from "../rules/path-glob.js";
import { faultKinds } from "../rules/schema.js";
import { ControlError } from "./control-reply.js";

/** What each parameter makes of its text. */
const READERS: Readonly<Record<string, (text: string, name: string) => JournalQuery>> = {
  listener: (text) => ({ listener: one(FLAG_LISTENER_LABELS, text.toUpperCase(), "listener") }),
  method: (text) => ({ method: text.toUpperCase() }),
  path: (text, name) => ({ path: glob(text, name) }),
  code: (text) => ({ code: text }),
  status: (text, name) => ({ status: wholeNumber(text, name) }),
  fault: (text) => ({ fault: one(faultKinds(), text, "fault") }),
  rule: (text) => ({ rule: text }),
  // As they stand in a request: "Range" or "Range: bytes=*", "load" or "load=1".
  header: (text, name) => ({ headers: field(text, ":", name) }),
  query: (text, name) => ({ query: field(text, "=", name) }),
  after: (text, name) => ({ after: wholeNumber(text, name) }),
};

/** The parameters that a query is made of. */
export const QUERY_PARAMETERS: readonly string[] = Object.keys(READERS);

/** Takes a query out of the parameters of a URL, and leaves others alone. */
export function readQuery(parameters: URLSearchParams): JournalQuery {
  const parts = Array.from(parameters, ([name, text]) => READERS[name]?.(text, name) ?? {});
  return Object.assign({}, ...parts) as JournalQuery;
}

/** Refuses parameters that are not known, or stand more than once: which of them is meant, nobody can tell. */
export function checkParameters(parameters: URLSearchParams, known: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of parameters.keys()) {
    const shown = JSON.stringify(name.slice(0, 50));
    if (!known.includes(name)) {
      const there = known.length === 0 ? "there is none here" : `but ${known.join(", ")}`;
      throw new ControlError(400, `there is no parameter ${shown}, ${there}`);
    }
    if (seen.has(name)) throw new ControlError(400, `the parameter ${shown} stands twice`);
    seen.add(name);
  }
}

/** Reads a parameter as an integer from 0. */
export function wholeNumber(text: string, name: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new ControlError(400, `${name} must be an integer from 0`);
}

/** What a verification found. */
export interface Verdict {
  readonly verified: boolean;
  readonly count: number;
  /** Why a count that fits proves nothing, if so. */
  readonly reason?: string;
}

/** Compares how many entries there are with how many there should be. */
export function verify(
  entries: readonly JournalEntry[],
  forgotten: number,
  bounds: { readonly times?: number; readonly atLeast?: number; readonly atMost?: number },
): Verdict {
  const count = entries.length;
  const { times, atLeast = times ?? 0, atMost = times ?? Infinity } = bounds;
  if (count < atLeast || count > atMost) return { verified: false, count };
  // What is forgotten may be more of them.
  if (forgotten === 0 || atMost === Infinity) return { verified: true, count };
  return { verified: false, count, reason: `the first ${forgotten} requests are forgotten` };
}

function glob(text: string, name: string): string {
  if (text.length <= MAX_GLOB_LENGTH) return text;
  throw new ControlError(400, `${name} must have ${MAX_GLOB_LENGTH} characters at most`);
}

function field(text: string, separator: string, parameter: string): FieldMatches {
  const at = text.indexOf(separator);
  const name = (at < 0 ? text : text.slice(0, at)).trim();
  if (name === "") throw new ControlError(400, `${parameter} must begin with a name`);
  return { [name]: at < 0 ? true : glob(text.slice(at + 1).trim(), parameter) };
}

function one<Name extends string>(known: readonly Name[], text: string, name: string): Name {
  const found = known.find((value) => value === text);
  if (found !== undefined) return found;
  throw new ControlError(400, `${name} must be one of ${known.join(", ")}`);
}
