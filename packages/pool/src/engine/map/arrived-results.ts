import { decodeThrown } from "../../codec/decode-error.js";
import type { EncodedThrown } from "../../codec/encode-error.js";
import { textOf, type SubmissionStack } from "../calls/submission-stacks.js";
import { areBooleans, type Values } from "../shared/values.js";
import type { ChunkOutcome } from "../shared/messages.js";

/** How one call of a map ended. */
export type Ended<R> = { value: R } | { error: unknown };

/** The ends of calls that stand side by side, as they came in one chunk. */
interface Segment {
  readonly length: number;
  /** A list is emptied as its values are handed out, so that none is kept. */
  readonly values: Values;
  /** Then the values are bytes. */
  readonly areBooleans: boolean;
  readonly thrown: ReadonlyMap<number, EncodedThrown> | undefined;
  /** The one reason why all of them failed. */
  readonly failure: { reason: unknown } | undefined;
  taken: number;
}

/** The results of a map that have come and were not handed out; in the order of the input, or of their arrival. */
export class ArrivedResults<R> {
  /** How many were handed out. */
  taken = 0;
  readonly #ordered: boolean;
  readonly #submission: SubmissionStack | undefined;
  /** By the number of the first item or, unordered, of the arrival. */
  readonly #segments = new Map<number, Segment>();
  #current: Segment | undefined;
  #next = 0;
  #arrived = 0;

  /** @param submission - Where the map was submitted, for the stacks of errors. */
  constructor(ordered: boolean, submission: SubmissionStack | undefined) {
    this.#ordered = ordered;
    this.#submission = submission;
  }

  add(first: number, { values, thrown }: ChunkOutcome<Values>): void {
    this.#put(first, {
      length: values.length,
      values,
      areBooleans: areBooleans(values),
      thrown: thrown && new Map(thrown),
      failure: undefined,
      taken: 0,
    });
  }

  addFailure(first: number, count: number, reason: unknown): void {
    this.#put(first, {
      length: count,
      values: [],
      areBooleans: false,
      thrown: undefined,
      failure: { reason },
      taken: 0,
    });
  }

  /** Whether there is one to hand out. */
  get hasNext(): boolean {
    return this.#segment() !== undefined;
  }

  /** Hands out the next one, if it is there. */
  take(): Ended<R> | undefined {
    const segment = this.#segment();
    if (segment === undefined) return undefined;
    const at = segment.taken;
    segment.taken += 1;
    this.taken += 1;
    if (segment.failure !== undefined) return { error: segment.failure.reason };
    const error = segment.thrown?.get(at);
    if (error !== undefined) return { error: decodeThrown(error, textOf(this.#submission)) };
    const { values } = segment;
    const value = values[at];
    if (Array.isArray(values)) values[at] = undefined;
    // What the task returns is what its type says.
    return { value: (segment.areBooleans ? value === 1 : value) as R };
  }

  /** Moves all that can be handed out now to `results`, up to a chunk with a failure. */
  drain(results: R[]): void {
    for (let segment = this.#segment(); segment !== undefined; segment = this.#segment()) {
      if (segment.failure !== undefined || segment.thrown !== undefined) return;
      append(results, segment);
      this.taken += segment.length - segment.taken;
      segment.taken = segment.length;
    }
  }

  clear(): void {
    this.#segments.clear();
    this.#current = undefined;
  }

  #put(first: number, segment: Segment): void {
    this.#segments.set(this.#ordered ? first : this.#arrived, segment);
    this.#arrived += 1;
  }

  /** Opens the next segment if it is there and the one before is used up. */
  #segment(): Segment | undefined {
    const current = this.#current;
    if (current !== undefined && current.taken < current.length) return current;
    const segment = this.#segments.get(this.#next);
    this.#current = segment;
    if (segment === undefined) return undefined;
    this.#segments.delete(this.#next);
    this.#next += this.#ordered ? segment.length : 1;
    return segment;
  }
}

/** Appends what was not handed out of a segment without failures. */
function append(
  results: unknown[],
  { values, areBooleans: areBytes, taken, length }: Segment,
): void {
  if (areBytes) {
    for (let at = taken; at < length; at += 1) results.push(values[at] === 1);
  } else {
    for (let at = taken; at < length; at += 1) results.push(values[at]);
  }
}
