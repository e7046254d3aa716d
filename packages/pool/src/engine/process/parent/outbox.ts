import { FrameBatch } from "../wire/frame-batch.js";
import type { TaskEntry } from "../../shared/messages.js";
import type { ToChild } from "../wire/process-messages.js";
import type { WorkerCall } from "../../calls/worker-call.js";
import type { CallIds } from "./call-ids.js";
import type { Channel } from "./channel.js";
import { CallWriter } from "./write-call.js";

/** A call whose arguments cannot be sent, and why. */
export type Refusal = readonly [call: WorkerCall, error: unknown];

/** What goes to a child: calls when they are published, commands at once, and all of it once the child has connected. */
export class ChildOutbox {
  /** Calls that are not published: the child has not heard of them. */
  readonly #unsent = new Set<WorkerCall>();
  readonly #batch = new FrameBatch();
  readonly #writer = new CallWriter();
  readonly #ids: CallIds;
  readonly #refused: (refusals: readonly Refusal[]) => void;
  #channel: Channel | undefined;
  #isCut = false;
  #publishing = false;
  #tasksKnown = 0;

  /** @param refused - Is told of calls whose arguments cannot be sent: they are not here any more. */
  constructor(ids: CallIds, refused: (refusals: readonly Refusal[]) => void) {
    this.#ids = ids;
    this.#refused = refused;
  }

  /** How many calls are not published. */
  get unsent(): number {
    return this.#unsent.size;
  }

  /** Whether nothing reaches the child any more. */
  get isCut(): boolean {
    return this.#isCut;
  }

  connect(channel: Channel): void {
    this.#channel = channel;
    this.#flush();
  }

  /** The channel is closed: what was not sent stays here. */
  cut(): void {
    this.#isCut = true;
  }

  destroy(): void {
    this.#channel?.destroy();
  }

  /** Lets the child know of tasks that it does not know yet. */
  introduce(tasks: readonly TaskEntry[]): void {
    if (this.#tasksKnown >= tasks.length) return;
    const from = this.#tasksKnown;
    this.#batch.addCommand({ kind: "tasks", from, tasks: tasks.slice(from) } satisfies ToChild);
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

  /**
   * Sends the calls.
   *
   * To read their arguments may run code of the caller's, which may hand in more calls, take some back, or kill the child. So a
   * call is not published before that is over and it is still here.
   */
  publish(): void {
    // Whoever is at it comes to what has been added meanwhile.
    if (this.#publishing || this.#isCut) return;
    this.#publishing = true;
    const refusals: Refusal[] = [];
    for (const call of this.#unsent) {
      try {
        this.#writer.read(call);
      } catch (error) {
        if (this.#unsent.delete(call)) refusals.push([call, error]);
        continue;
      }
      if (this.#unsent.delete(call)) this.#writer.write(this.#batch, this.#ids.next(call.slot));
    }
    this.#publishing = false;
    this.#flush();
    if (refusals.length > 0) this.#refused(refusals);
  }

  /** Sends a command at once; it does not overtake calls that were published. @throws When it cannot be sent. */
  command(command: ToChild): void {
    if (this.#isCut) return;
    this.#batch.addCommand(command);
    this.#flush();
  }

  #flush(): void {
    if (this.#channel !== undefined && !this.#batch.isEmpty) this.#channel.send(this.#batch.take());
  }
}
