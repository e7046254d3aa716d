import { TransferMeter } from "../shared/transfer-meter.js";

/** What became of a file that is done. */
export type FileOutcome = { readonly receivedBytes: number } | "nothing" | "failed";

/** Shows how far a run has come. */
export interface Progress {
  /** Where clients count what has come of files that are not done yet; not there when nobody looks. */
  readonly meter?: SharedArrayBuffer;
  /** Another file is done. */
  advance(outcome: FileOutcome): void;
  /** Takes what is shown away, or says for the last time how far the run came. */
  stop(): void;
}

/** How far a run has come. */
export interface ProgressState {
  /** Files that are done. */
  readonly done: number;
  /** What has come of the others, in files: two that are half there are 1. */
  readonly underWay: number;
  /** At least 1. */
  readonly total: number;
  readonly elapsedSeconds: number;
  readonly failures: number;
  /** That came in this run, of the files that are there and of those that are on their way. */
  readonly bytes: number;
}

/** Counts how far a run has come. */
export class ProgressCount {
  readonly memory = TransferMeter.newMemory();
  readonly #meter = new TransferMeter(this.memory);
  readonly #total: number;
  readonly #startMs = performance.now();
  #done = 0;
  #failures = 0;
  #bytes = 0;

  constructor(total: number) {
    this.#total = total;
  }

  /** Counts a file that is done. */
  advance(outcome: FileOutcome): void {
    this.#done += 1;
    if (outcome === "failed") this.#failures += 1;
    if (typeof outcome === "string") return;
    this.#bytes += outcome.receivedBytes;
    this.#meter.takeOver(outcome.receivedBytes);
  }

  /** How far it is now. */
  get state(): ProgressState {
    return {
      done: this.#done,
      underWay: Math.min(this.#meter.files, this.#total - this.#done),
      total: this.#total,
      elapsedSeconds: (performance.now() - this.#startMs) / 1000,
      failures: this.#failures,
      bytes: this.#bytes + this.#meter.bytes,
    };
  }
}

/** Guesses by the whole run so far, for files come in bursts; not finite while nothing is known. */
export function secondsLeft({ done, underWay, total, elapsedSeconds }: ProgressState): number {
  const soFar = done + underWay;
  return soFar === 0 ? NaN : ((total - soFar) * elapsedSeconds) / soFar;
}
