import type { DownloadObserver } from "./download-plan.js";
import { EXIT_CODES } from "./exit-codes.js";
import type { DownloadResult } from "./flag-result.js";
import type { Output } from "./output.js";
import type { Progress } from "./progress.js";
import { failureSummary, resultLine } from "./report.js";
import type { StopSwitch } from "./stop-switch.js";

/** Prints or draws each result of a run, remembers why flags failed, and stops the run on a full disk. */
export class RunObserver implements DownloadObserver {
  readonly #reasons = new Map<string, number>();
  readonly #output: Output;
  readonly #progress: Progress | undefined;
  readonly #stopSwitch: StopSwitch;

  /** @param progress - Without it, a line is printed for each flag. */
  constructor(output: Output, stopSwitch: StopSwitch, progress: Progress | undefined) {
    this.#output = output;
    this.#stopSwitch = stopSwitch;
    this.#progress = progress;
  }

  completed(result: DownloadResult): void {
    this.#show(result);
    if (result.status !== "error") return;
    if (result.code === "CANNOT_SAVE") {
      this.#stopSwitch.stop(EXIT_CODES.cannotWrite, result.reason);
    } else if (result.code !== "INTERRUPTED" || this.#stopSwitch.message === undefined) {
      // What was interrupted by a full disk has that reason, which is told in a line of its own.
      this.#reasons.set(result.reason, (this.#reasons.get(result.reason) ?? 0) + 1);
    }
  }

  /** Says why flags failed, unless lines were printed that said it already, or nobody reads any more. */
  get summary(): string | undefined {
    const needless =
      this.#progress === undefined || this.#stopSwitch.exitCode === EXIT_CODES.brokenPipe;
    return needless ? undefined : failureSummary(this.#reasons);
  }

  #show(result: DownloadResult): void {
    if (result.status === "notStarted") return;
    this.#progress?.advance();
    const line = resultLine(result);
    if (this.#progress === undefined && line !== undefined) this.#output.print(line);
  }
}
