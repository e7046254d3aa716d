import type { DownloadItem } from "../input/item.js";
import type { Attempt, DownloadObserver, DownloadPlan } from "./download-plan.js";
import { notStarted, type DownloadResult } from "./download-result.js";
import { newCounts, type DownloadCounts } from "./download-status.js";

/**
 * The files of a run, for whoever takes the next one: so many takers as files are to be on their way at once.
 *
 * A call, a future and a place in a queue for each of a hundred thousand files take more time than to fetch them, and
 * memory as long as the run; here a file costs something only while it is under way.
 *
 * @example
 * const list = new WorkList(plan, observer);
 * const takers = Array.from({ length: plan.concurReq }, () => list.downloadAll(attempt));
 * await Promise.all(takers);
 * return list.finish();
 */
export class WorkList {
  readonly #plan: DownloadPlan;
  readonly #observer: DownloadObserver;
  #taken = 0;
  readonly #counts = newCounts();

  constructor(plan: DownloadPlan, observer: DownloadObserver) {
    this.#plan = plan;
    this.#observer = observer;
  }

  /** Downloads one file after the other until none is left; rejects when an attempt does. */
  async downloadAll(attempt: Attempt): Promise<void> {
    for (let item = this.#next(); item !== undefined; item = this.#next()) {
      this.#done(await this.#plan.download(item, attempt));
    }
  }

  /** Tells the observer of the files that nobody took, and says how many ended in each way. */
  finish(): DownloadCounts {
    for (let item = this.#next(); item !== undefined; item = this.#next()) {
      this.#done(notStarted(item));
    }
    return this.#counts;
  }

  #next(): DownloadItem | undefined {
    const item = this.#plan.items[this.#taken];
    this.#taken += 1;
    return item;
  }

  #done(result: DownloadResult): void {
    this.#counts[result.status] += 1;
    this.#observer.completed(result);
  }
}
