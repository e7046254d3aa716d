import { PriorityQueue } from "../../internal/priority-queue.js";
import { MapWork } from "../map/map-work.js";
import type { RunTimes } from "../shared/run-times.js";
import type { QueueEntry } from "../calls/queue-entry.js";
import { WorkerCall } from "../calls/worker-call.js";

/** What waits for a worker: calls, and the items of maps as one entry each. First in, first out per priority. */
export class CallQueue {
  readonly #queue = new PriorityQueue<QueueEntry>();
  readonly #maps = new Set<MapWork>();
  #nextSequence = 0;

  get isEmpty(): boolean {
    return this.#queue.size === 0;
  }

  /** Entries; a map counts as one, however many items it has. */
  get entries(): number {
    return this.#queue.size;
  }

  /** Calls and items. */
  get size(): number {
    let count = this.#queue.size - this.#maps.size;
    for (const work of this.#maps) count += work.size;
    return count;
  }

  /** The maps that have items to send. */
  get maps(): readonly MapWork[] {
    return [...this.#maps];
  }

  /** The calls, without items of maps. */
  get calls(): WorkerCall[] {
    return [...this.#queue].filter((work) => work instanceof WorkerCall);
  }

  push(call: WorkerCall): void {
    call.sequence = this.#nextSequence;
    this.#nextSequence += 1;
    this.#queue.pushEntry(call, call.priority);
  }

  /** Lets the items of a map wait, unless some of them do already. */
  pushMap(work: MapWork): void {
    if (work.entry !== undefined) return;
    work.sequence = this.#nextSequence;
    this.#nextSequence += 1;
    this.#maps.add(work);
    work.entry = this.#queue.push(work, work.priority);
  }

  /** Puts a call back where it stood. */
  putBack(calls: readonly WorkerCall[]): void {
    for (const call of [...calls].sort((a, b) => b.sequence - a.sequence)) {
      this.#queue.unshiftEntry(call, call.priority);
    }
  }

  /** Takes a call out; false when it is not there. */
  remove(call: WorkerCall): boolean {
    return call.queued && this.#queue.remove(call, call.priority);
  }

  peek(): QueueEntry | undefined {
    return this.#queue.peek();
  }

  /** Gives the next call, or the next chunk of a map, and leaves it there. */
  next(times: RunTimes): WorkerCall | undefined {
    for (;;) {
      const head = this.#queue.peek();
      if (head instanceof WorkerCall) return head;
      if (!(head instanceof MapWork)) return undefined;
      if (head.size === 0) {
        this.#dropMap(head);
        continue;
      }
      // Who traces calls may do anything here.
      const call = head.nextCall(times.of(head.task));
      if (head.size === 0) this.#dropMap(head);
      // A chunk whose signal has aborted is settled already.
      if (call.future.done()) continue;
      this.#queue.unshiftEntry(call, call.priority);
      return call;
    }
  }

  #dropMap(work: MapWork): void {
    if (work.entry === undefined) return;
    this.#queue.remove(work.entry, work.priority);
    this.#maps.delete(work);
    work.entry = undefined;
  }
}
