import type { Socket } from "node:net";
import { decodeThrown } from "../../codec/decode-error.js";
import { encodeThrown } from "../../codec/encode-error.js";
import { Link, type LinkListener, type Surrender } from "../link.js";
import type { FlowOrder, TaskEntry } from "../shared/messages.js";
import type { FromChild } from "../shared/process-messages.js";
import type { RunTimes } from "../shared/run-times.js";
import { Slots } from "../slots.js";
import type { WorkerCall } from "../worker-call.js";
import type { Channel, ChannelListener } from "./channel.js";
import type { SpawnedChild } from "./child-spawner.js";
import { Departure } from "./departure.js";
import { Mailbox } from "./mailbox.js";
import { Post } from "./post.js";
import { queueMicrotask } from "../../internal/platform.js";

/**
 * The parent's end of one child process: frames over a channel.
 *
 * What was sent may have begun: only the child could say, and to ask would take longer than most calls. So little is
 * sent ahead, and until the child is up nothing is. The child tells of a call that is likely to take long that it
 * has begun, and when it exits by itself which call it ran.
 */
export class ProcessLink extends Link implements ChannelListener {
  readonly #child: SpawnedChild;
  readonly #tellsOfEach: boolean;
  readonly #listener: LinkListener;
  readonly #slots = new Slots();
  readonly #post = new Post((call, error) => {
    this.#refuse(call, error);
  });
  readonly #mailbox: Mailbox;
  readonly #departure: Departure;
  #kept = false;
  #holds = false;

  /** @param tellsOfEach - Whether the child tells of each call before it begins. */
  constructor(
    workerId: number,
    child: SpawnedChild,
    times: RunTimes,
    tellsOfEach: boolean,
    listener: LinkListener,
  ) {
    super(workerId);
    this.#tellsOfEach = tellsOfEach;
    this.#child = child;
    this.#listener = listener;
    this.#mailbox = new Mailbox(this.#slots, times, {
      ended: (slot) => this.#release(slot),
      said: (word) => {
        this.#hear(word);
      },
    });
    this.#departure = new Departure(child, (end) => {
      listener.ended(this, end);
    });
  }

  /** The child has come. */
  connect(channel: Channel): void {
    this.#departure.connected();
    this.#post.connect(channel);
  }

  bytes(chunk: Buffer, source?: Socket): void {
    if (!this.#mailbox.read(chunk, source)) return;
    this.#rest();
    this.#listener.freed(this);
  }

  hungUp(): void {
    this.#post.hungUp();
    this.#departure.hungUp();
  }

  override get room(): number {
    if (this.closed) return 0;
    return this.isUp ? this.#slots.room : 1 - this.held;
  }

  override get begun(): undefined {
    return undefined;
  }

  override get unseen(): number {
    return this.#post.unsent;
  }

  override place(call: WorkerCall, tasks: readonly TaskEntry[]): void {
    const slot = this.#slots.take(call);
    this.#post.introduce(tasks);
    this.#mailbox.reuse(slot);
    this.admit(call, slot);
    this.#post.add(call);
  }

  override publish(): boolean {
    this.#hold();
    if (!this.isUp) return false;
    if (!this.#post.publish()) {
      // No reply will tell that there is room.
      queueMicrotask(() => {
        if (!this.closed) this.#listener.freed(this);
      });
    }
    this.#rest();
    return true;
  }

  override takeBack(call: WorkerCall): boolean {
    if (!this.#post.takeBack(call)) return false;
    this.sent -= 1;
    this.#release(call.slot);
    this.#rest();
    return true;
  }

  override takeBackNewest(most: number): WorkerCall[] {
    return this.#post.newest(most).filter((call) => this.takeBack(call));
  }

  override hasBegun(call: WorkerCall): boolean {
    return !this.#post.isUnsent(call);
  }

  override begunAt(call: WorkerCall): number | undefined {
    return this.#mailbox.begunAt(call.slot);
  }

  override askToStop(call: WorkerCall, reason: unknown): void {
    this.#post.order({ kind: "abort", slot: call.slot, reason: encodeThrown(reason) });
  }

  override tell(order: FlowOrder): void {
    this.#post.order(order);
  }

  override rests(resting: boolean): void {
    this.resting += resting ? 1 : -1;
    this.#hold();
  }

  override collectAll(): boolean {
    // What has come is read by the event loop, and only there.
    return false;
  }

  override collectLast(): void {
    // The end is told when all has been read.
  }

  override leave(): void {
    this.closed = true;
    this.#post.order({ kind: "leave" });
    this.#departure.toldToLeave();
  }

  override surrender(): Surrender {
    const surrender: Surrender = { begun: [], unsure: [], waiting: [] };
    for (const call of this.calls()) {
      surrender[this.#fateOf(call)].push(call);
      this.#release(call.slot);
    }
    this.#post.takeBackAll();
    this.#rest();
    return surrender;
  }

  override get tellsAtEnd(): boolean {
    return this.#tellsOfEach;
  }

  override forget(call: WorkerCall): void {
    this.#release(call.slot);
  }

  override calls(): Iterable<WorkerCall> {
    return this.#slots;
  }

  override ref(): void {
    this.#kept = true;
    this.#hold();
  }

  override kill(): void {
    this.#departure.kill();
  }

  override terminate(graceMs: number): void {
    this.#departure.terminate(graceMs);
  }

  override dispose(): void {
    this.#departure.dispose();
    this.#post.destroy();
  }

  #fateOf(call: WorkerCall): keyof Surrender {
    if (this.#post.isUnsent(call)) return "waiting";
    const { running } = this.#departure;
    if (running !== undefined) return running.includes(call.slot) ? "begun" : "waiting";
    if (this.#mailbox.begunAt(call.slot) !== undefined) return "begun";
    return this.#tellsOfEach ? "waiting" : "unsure";
  }

  /** The arguments of a call cannot be sent. */
  #refuse(call: WorkerCall, error: unknown): void {
    this.sent -= 1;
    this.#release(call.slot);
    call.failed(error);
  }

  #hear(word: FromChild): void {
    switch (word.kind) {
      case "alive":
        this.isAlive = true;
        this.#listener.alive(this);
        return;
      case "up":
        this.isUp = true;
        this.#listener.up(this);
        this.publish();
        return;
      case "printed":
        this.#listener.printed(this, word);
        return;
      case "initializer failed":
        this.#listener.initializerFailed(this, decodeThrown(word.error));
        return;
      case "exiting":
        this.#departure.saidLast(word.running, word.error && decodeThrown(word.error));
    }
  }

  /** Frees the slot of a call. */
  #release(slot: number): WorkerCall | undefined {
    const call = this.#slots.at(slot);
    // A worker that was given up may still have something to say.
    if (call === undefined) return undefined;
    this.#slots.release(slot);
    this.held -= 1;
    this.dismiss(call);
    call.slot = -1;
    return call;
  }

  #rest(): void {
    if (this.held === 0) this.risky = false;
    this.#hold();
  }

  /** Keeps the program alive while somebody waits for a call. */
  #hold(): void {
    const wanted = this.#kept || this.held > this.resting;
    if (wanted === this.#holds) return;
    this.#holds = wanted;
    if (wanted) this.#child.process.ref();
    else this.#child.process.unref();
  }
}
