import { EXIT_CODES } from "../cli/exit-codes.js";
import { COUNTRY_CODES } from "../input/country-codes.js";
import type { DownloadObserver } from "../run/download-plan.js";
import type { DownloadResult } from "../run/download-result.js";
import type { StopSwitch } from "../run/stop-switch.js";
import type { FileOutcome, Progress } from "./progress-state.js";
import { toRecord, type DownloadRecord } from "./record.js";
import type { Reporter } from "./reporter.js";
import { RunTotals } from "./run-summary.js";

const KNOWN_FLAGS = new Set(COUNTRY_CODES);

function outcomeOf(result: DownloadResult): FileOutcome {
  if (result.status !== "ok") return result.status === "error" ? "failed" : "nothing";
  return { receivedBytes: result.byteLength - (result.resumedBytes ?? 0) };
}

/** Shows each result of a run, adds them up, and stops the run on a full disk. */
export class RunObserver implements DownloadObserver {
  readonly totals = new RunTotals();
  #missesKnownFlags = false;
  readonly #records: DownloadRecord[] = [];
  readonly #reporter: Reporter;
  readonly #progress: Progress;
  readonly #stopSwitch: StopSwitch;
  readonly #keepsRecords: boolean;

  /** @param keepsRecords - Whether anybody will ask for {@link records}. */
  constructor(
    reporter: Reporter,
    progress: Progress,
    stopSwitch: StopSwitch,
    keepsRecords: boolean,
  ) {
    this.#keepsRecords = keepsRecords;
    this.#reporter = reporter;
    this.#progress = progress;
    this.#stopSwitch = stopSwitch;
  }

  /** Whether a flag that every server of flags has was not there. */
  get missesKnownFlags(): boolean {
    return this.#missesKnownFlags;
  }

  /** All files so far, in the order of the alphabet, so that reports of two runs can be compared. */
  get records(): readonly DownloadRecord[] {
    return [...this.#records].sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  completed(result: DownloadResult): void {
    this.totals.add(result);
    if (result.status === "notFound" && KNOWN_FLAGS.has(result.item.name)) {
      this.#missesKnownFlags = true;
    }
    if (this.#keepsRecords) this.#records.push(toRecord(result));
    if (result.status !== "notStarted") {
      this.#progress.advance(outcomeOf(result));
    }
    this.#reporter.completed(result);
    if (result.status !== "error") return;
    if (result.code === "CANNOT_SAVE") {
      this.#stopSwitch.stop(EXIT_CODES.cannotWrite, result.reason);
    } else if (result.code !== "INTERRUPTED" || this.#stopSwitch.message === undefined) {
      // What was interrupted by a full disk has that reason, which is told in a line of its own.
      this.totals.addReason(result.reason);
    }
  }
}
