import { hash } from "node:crypto";

/** Names one request so that it meets the same fate in every run. */
export interface RequestIdentity {
  readonly seed: string;
  /** Label of the listener that got the request. */
  readonly listener: string;
  /** Path of the URL, without query. */
  readonly path: string;
  /** 1 for the first request of this path on this listener, 2 for the second, and so on. */
  readonly attempt: number;
}

/** Numbers drawn for one request and one rule, independent of one another. */
export interface Draws {
  /** Whether the rule applies, and which of its shares: from 0 to below 1. */
  readonly chance: number;
  /** Which of several statuses: an integer below 65,536, and this modulo how many there are. */
  readonly choice: number;
  /** Two for the length of a delay, from 0 to below 1. */
  readonly time: readonly [number, number];
}

/** The rule of the book's profile, whose fates stay those of a server that knew no other rule. */
export const BOOK_RULE_NAME = "book";

/**
 * Draws the numbers of a request from its identity and the rule's name alone.
 *
 * There is no stream of random numbers that requests would share: their order of arrival, which changes with
 * the client's concurrency, has no say in the outcome.
 */
export function draw({ seed, listener, path, attempt }: RequestIdentity, rule: string): Draws {
  const key: (string | number)[] = [seed, listener, path, attempt];
  if (rule !== BOOK_RULE_NAME) key.push(rule);
  const digest = hash("sha256", JSON.stringify(key), "buffer");
  const fraction = (offset: number) => digest.readUIntBE(offset, 6) / 2 ** 48;
  return {
    chance: fraction(0),
    // Other bytes than those of the chance, or a low probability would favour the first status.
    choice: digest.readUInt16LE(6),
    time: [fraction(8), fraction(14)],
  };
}
