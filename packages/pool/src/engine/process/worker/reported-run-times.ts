import { RUN_TIME_BYTES, RunTimes } from "../../shared/run-times.js";
import type { ChildReplies } from "./child-replies.js";

/** What is known of run times in this process; it shares no memory with the parent, which is told of each measure. */
export class ReportedRunTimes {
  readonly #times = new RunTimes(new SharedArrayBuffer(RUN_TIME_BYTES));
  readonly #replies: ChildReplies;

  constructor(replies: ChildReplies) {
    this.#replies = replies;
  }

  of(task: number): number {
    return this.#times.of(task);
  }

  record(task: number, us: number): void {
    this.#times.record(task, us);
    this.#replies.runTime(task, us);
  }
}
