import type { JournalEntry, JournalQuery } from "../journal.js";
import { FLAG_LISTENER_LABELS } from "../listener-label.js";
import { faultKinds } from "../rules/schema.js";
import { ControlError } from "./control-reply.js";

/** The text that each part of a query is made of. */
const READERS: {
  readonly [Name in keyof JournalQuery]-?: (text: string, name: string) => JournalQuery[Name];
} = {
  listener: (text) => one(FLAG_LISTENER_LABELS, text.toUpperCase(), "listener"),
  method: (text) => text.toUpperCase(),
  path: (text) => text,
  code: (text) => text,
  status: wholeNumber,
  fault: (text) => one(faultKinds(), text, "fault"),
  rule: (text) => text,
  after: wholeNumber,
};

/** Takes a query out of the parameters of a URL; `others` are parameters that it leaves alone. */
export function readQuery(parameters: URLSearchParams, others: readonly string[]): JournalQuery {
  const query: Record<string, unknown> = {};
  for (const [name, text] of parameters) {
    if (others.includes(name)) continue;
    if (!isPart(name)) {
      const known = [...Object.keys(READERS), ...others].join(", ");
      throw new ControlError(400, `there is no parameter ${JSON.stringify(name)}, but ${known}`);
    }
    query[name] = READERS[name](text, name);
  }
  return query;
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

function isPart(name: string): name is keyof JournalQuery {
  return Object.hasOwn(READERS, name);
}

function one<Name extends string>(known: readonly Name[], text: string, name: string): Name {
  const found = known.find((value) => value === text);
  if (found !== undefined) return found;
  throw new ControlError(400, `${name} must be one of ${known.join(", ")}`);
}
