import { FrameBatch } from "../shared/frame-batch.js";
import type { TaskEntry } from "../shared/messages.js";
import type { ToChild } from "../shared/process-messages.js";
import type { WorkerCall } from "../worker-call.js";
import type { Channel } from "./channel.js";
import { putCall } from "./outbox.js";

/** What goes to a child: calls when they are published, orders at once, and all of it once the child has connected. */
export class Post {
  /** Calls that are not published: the child has not heard of them. */
  readonly #unsent = new Set<WorkerCall>();
  readonly #batch = new FrameBatch();
  readonly #refused: (call: WorkerCall, error: unknown) => void;
  #channel: Channel | undefined;
  #tasksKnown = 0;

  /** @param refused - Is told of a call whose arguments cannot be sent. */
  constructor(refused: (call: WorkerCall, error: unknown) => void) {
    this.#refused = refused;
  }

  /** How many calls are not published. */
  get unsent(): number {
    return this.#unsent.size;
  }

  connect(channel: Channel): void {
    this.#channel = channel;
    this.#flush();
  }

  /** The channel is closed: what is sent from here on goes nowhere. */
  hungUp(): void {
    this.#channel = undefined;
  }

  destroy(): void {
    this.#channel?.destroy();
  }

  /** Lets the child know of tasks that it does not know yet. */
  introduce(tasks: readonly TaskEntry[]): void {
    if (this.#tasksKnown >= tasks.length) return;
    const from = this.#tasksKnown;
    this.#batch.addOrder({ kind: "tasks", from, tasks: tasks.slice(from) } satisfies ToChild);
    this.#tasksKnown = tasks.length;
  }

  add(call: WorkerCall): void {
    this.#unsent.add(call);
  }

  isUnsent(call: WorkerCall): boolean {
    return this.#unsent.has(call);
  }

  /** Takes a call back; false when it was published. */
  takeBack(call: WorkerCall): boolean {
    return this.#unsent.delete(call);
  }

  /** Gives the newest calls that are not published and may go elsewhere, so many at most. */
  newest(most: number): WorkerCall[] {
    const free = [...this.#unsent].filter((call) => !call.pinned);
    return most > 0 ? free.slice(-most) : [];
  }

  takeBackAll(): void {
    this.#unsent.clear();
  }

  /** Sends the calls; false when some cannot be sent. */
  publish(): boolean {
    let all = true;
    for (const call of this.#unsent) {
      this.#unsent.delete(call);
      try {
        putCall(this.#batch, call);
      } catch (error) {
        all = false;
        this.#refused(call, error);
      }
    }
    this.#flush();
    return all;
  }

  /** Sends an order at once; it does not overtake calls that were published. */
  order(order: ToChild): void {
    this.#batch.addOrder(order);
    this.#flush();
  }

  #flush(): void {
    if (this.#channel !== undefined && !this.#batch.isEmpty) this.#channel.send(this.#batch.take());
  }
}
