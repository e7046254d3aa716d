import { decodeThrown } from "../../codec/decode-error.js";
import type { EncodedThrown } from "../../codec/encode-error.js";
import { textOf, type SubmissionStack } from "../calls/submission-stacks.js";
import { areBooleans, type Values } from "../shared/values.js";
import type { ChunkOutcome } from "../shared/messages.js";
import type { Ended, ResultSource } from "../../map/map-results.js";
import type { ItemListener } from "./map-work.js";

/** What a map needs of its executor. */
export interface MapHost {
  /** Hands in the next item. @throws When no more calls are taken. */
  accept(item: readonly unknown[]): void;
  /** Drops what has not begun. */
  cancel(): void;
}

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

/**
 * The results of a map whose calls travel in chunks: no future per item, the outcomes are written into place. Handed out in the order
 * of the input, or of their arrival.
 */
export class ArrivedResults<R> implements ResultSource<R>, ItemListener {
  readonly #host: MapHost;
  readonly #ordered: boolean;
  readonly #submission: SubmissionStack | undefined;
  /** By the number of the first item or, unordered, of the arrival. */
  readonly #segments = new Map<number, Segment>();
  #current: Segment | undefined;
  #next = 0;
  #arrived = 0;
  #accepted = 0;
  #taken = 0;
  #isCancelled = false;
  #listener: () => void = () => undefined;

  /** @param submission - Where the map was submitted, for the stacks of errors. */
  constructor(host: MapHost, ordered: boolean, submission: SubmissionStack | undefined) {
    this.#host = host;
    this.#ordered = ordered;
    this.#submission = submission;
  }

  get left(): number {
    return this.#accepted - this.#taken;
  }

  onEnd(listener: () => void): void {
    this.#listener = listener;
  }

  accept(item: readonly unknown[]): void {
    this.#host.accept(item);
    this.#accepted += 1;
  }

  /** So many items were handed in at once. */
  acceptedAll(count: number): void {
    this.#accepted = count;
  }

  outcomes(first: number, { values, thrown }: ChunkOutcome<Values>): void {
    this.#put(first, {
      length: values.length,
      values,
      areBooleans: areBooleans(values),
      thrown: thrown && new Map(thrown),
      failure: undefined,
      taken: 0,
    });
  }

  allFailed(first: number, count: number, reason: unknown): void {
    this.#put(first, {
      length: count,
      values: [],
      areBooleans: false,
      thrown: undefined,
      failure: { reason },
      taken: 0,
    });
  }

  get hasNext(): boolean {
    return this.#segment() !== undefined;
  }

  take(): Ended<R> | undefined {
    const segment = this.#segment();
    if (segment === undefined) return undefined;
    const at = segment.taken;
    segment.taken += 1;
    this.#taken += 1;
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
      this.#taken += segment.length - segment.taken;
      segment.taken = segment.length;
    }
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#segments.clear();
    this.#current = undefined;
    this.#host.cancel();
  }

  #put(first: number, segment: Segment): void {
    if (this.#isCancelled) return;
    this.#segments.set(this.#ordered ? first : this.#arrived, segment);
    this.#arrived += 1;
    this.#listener();
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
