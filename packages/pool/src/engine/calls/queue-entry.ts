/** What stands in the queue of an executor: a call, or the items of a map that were not sent. */
export interface QueueEntry {
  readonly task: number;
  /** Higher ones come first. */
  readonly priority: number;
  /** The place among entries of one priority. */
  sequence: number;
}
