import type { Socket } from "node:net";
import { decodeThrown } from "../../codec/decode-error.js";
import { encodeThrown } from "../../codec/encode-error.js";
import { serializationError } from "../../codec/find-uncloneable.js";
import { futureControl } from "../../future.js";
import { startTimer } from "../../internal/timer.js";
import { Link, type LinkListener, type Surrender, type WorkerEnd } from "../link.js";
import { readDirectly } from "../shared/direct-read.js";
import { FrameBatch } from "../shared/frame-batch.js";
import { FrameReader } from "../shared/frame-reader.js";
import type { FlowOrder, TaskEntry } from "../shared/messages.js";
import { decodePayload } from "../shared/payload.js";
import { ProcessReply, type FromChild, type ToChild } from "../shared/process-messages.js";
import { SLOTS } from "../shared/ring.js";
import type { RunTimes } from "../shared/run-times.js";
import { Slots } from "../slots.js";
import type { WorkerCall } from "../worker-call.js";
import type { Channel, ChannelListener } from "./channel.js";
import type { SpawnedChild } from "./child-spawner.js";
import { putCall } from "./outbox.js";
import { settle } from "./settle.js";

/** A process that has let go of its channel, or was told to leave, has so long to be gone. */
const LEAVING_MS = 5_000;
/** What a process that is gone has written comes within this time. */
const LAST_WORDS_MS = 2_000;

/**
 * The parent's end of one child process: frames over a channel.
 *
 * What was sent may have begun: only the child could say, and to ask would take longer than most calls. So little is
 * sent ahead, and until the child is up nothing is. The child tells of a call that is likely to take long that it
 * has begun, and when it exits by itself which call it ran.
 */
export class ProcessLink extends Link implements ChannelListener {
  readonly #child: SpawnedChild;
  readonly #times: RunTimes;
  readonly #tellsOfEach: boolean;
  readonly #listener: LinkListener;
  readonly #slots = new Slots();
  /** When the call in a slot began, in milliseconds of `monotonicMs()`; 0 while nobody said. */
  readonly #begunAt = new Float64Array(SLOTS);
  readonly #batch = new FrameBatch();
  readonly #reader: FrameReader;
  /** Calls that were placed and not sent. */
  #unsent = new Set<WorkerCall>();
  #channel: Channel | undefined;
  #tasksKnown = 0;
  #replied = false;
  #kept = false;
  #holds = false;
  /** What the child said as it left: calls in other slots had not begun. */
  #lastWord: { running: readonly number[]; error: unknown } | undefined;
  #end: WorkerEnd | undefined;
  #stopTimer: (() => void) | undefined;

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
    this.#times = times;
    this.#listener = listener;
    this.#reader = new FrameReader({
      triple: (slot, status, value) => {
        this.#reply(slot, status, value);
      },
      payload: (slot, status, payload) => {
        this.#replyWithPayload(slot, status, payload);
      },
      order: (payload) => {
        this.#hear(decodePayload(payload) as FromChild);
      },
    });
    child.onEnd((end) => {
      this.#childEnded(end);
    });
  }

  /** The child has come. */
  connect(channel: Channel): void {
    this.#channel = channel;
    this.#flush();
  }

  bytes(chunk: Buffer, source?: Socket): void {
    this.#reader.feed(chunk);
    if (source !== undefined) readDirectly(source, this.#reader);
    if (this.#takeReplied()) this.#afterEnds();
  }

  hungUp(): void {
    this.#channel = undefined;
    if (this.#end !== undefined) {
      this.#tellEnd(this.#end);
      return;
    }
    // It is on its way out, or it has cut the line and is of no use any more.
    this.#killAfter(LEAVING_MS);
  }

  override get room(): number {
    if (this.closed) return 0;
    return this.isUp ? this.#slots.room : 1 - this.held;
  }

  override get begun(): undefined {
    return undefined;
  }

  override get unseen(): number {
    return this.#unsent.size;
  }

  override place(call: WorkerCall, tasks: readonly TaskEntry[]): void {
    const slot = this.#slots.take(call);
    if (this.#tasksKnown < tasks.length) {
      this.#order({ kind: "tasks", from: this.#tasksKnown, tasks: tasks.slice(this.#tasksKnown) });
      this.#tasksKnown = tasks.length;
    }
    this.#begunAt[slot] = 0;
    call.link = this;
    call.slot = slot;
    this.#unsent.add(call);
    this.held += 1;
    this.live += 1;
    this.sent += 1;
    if (call.risky) this.risky = true;
    if (call.flow?.resting) this.resting += 1;
  }

  override publish(): boolean {
    this.#hold();
    if (!this.isUp) return false;
    let refused = false;
    for (const call of this.#unsent) {
      this.#unsent.delete(call);
      try {
        putCall(this.#batch, call);
      } catch (error) {
        refused = true;
        this.sent -= 1;
        this.#release(call.slot);
        call.failed(error);
      }
    }
    this.#flush();
    // No reply will tell that there is room.
    if (refused) {
      queueMicrotask(() => {
        if (!this.closed) this.#listener.freed(this);
      });
    }
    this.#rest();
    return true;
  }

  override takeBack(call: WorkerCall): boolean {
    if (!this.#unsent.delete(call)) return false;
    this.sent -= 1;
    this.#release(call.slot);
    this.#rest();
    return true;
  }

  override takeBackNewest(most: number): WorkerCall[] {
    const free = [...this.#unsent].filter((call) => !call.pinned);
    const newest = most > 0 ? free.slice(-most) : [];
    return newest.filter((call) => this.takeBack(call));
  }

  override hasBegun(call: WorkerCall): boolean {
    return !this.#unsent.has(call);
  }

  override begunAt(call: WorkerCall): number | undefined {
    const at = this.#begunAt[call.slot] ?? 0;
    return at === 0 ? undefined : at;
  }

  override askToStop(call: WorkerCall, reason: unknown): void {
    this.#order({ kind: "abort", slot: call.slot, reason: encodeThrown(reason) });
    this.#flush();
  }

  override tell(order: FlowOrder): void {
    this.#order(order);
    this.#flush();
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
    this.#order({ kind: "leave" });
    this.#flush();
    this.#killAfter(LEAVING_MS);
  }

  override surrender(): Surrender {
    const surrender: Surrender = { begun: [], unsure: [], waiting: [] };
    for (const call of this.calls()) {
      surrender[this.#fateOf(call)].push(call);
      this.#release(call.slot);
    }
    this.#unsent.clear();
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
    this.#child.signal("SIGKILL");
  }

  override terminate(graceMs: number): void {
    this.#child.signal("SIGTERM");
    this.#killAfter(graceMs);
  }

  override dispose(): void {
    this.#stopTimer?.();
    this.#channel?.destroy();
  }

  #fateOf(call: WorkerCall): keyof Surrender {
    if (this.#unsent.has(call)) return "waiting";
    if (this.#lastWord !== undefined) {
      return this.#lastWord.running.includes(call.slot) ? "begun" : "waiting";
    }
    if (this.#begunAt[call.slot] !== 0) return "begun";
    return this.#tellsOfEach ? "waiting" : "unsure";
  }

  #order(order: ToChild): void {
    this.#batch.addOrder(order);
  }

  #flush(): void {
    if (this.#channel !== undefined && !this.#batch.isEmpty) this.#channel.send(this.#batch.take());
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
        this.#replied = true;
        return;
      case "printed":
        this.#listener.printed(this, word);
        return;
      case "initializer failed":
        this.#listener.initializerFailed(this, decodeThrown(word.error));
        return;
      case "exiting":
        this.#lastWord = {
          running: word.running,
          error: word.error && decodeThrown(word.error),
        };
    }
  }

  /** A payload that cannot be read is the failure of the one call whose value it is. */
  #replyWithPayload(slot: number, status: number, payload: Buffer): void {
    let value: unknown;
    try {
      value = decodePayload(payload);
    } catch (error) {
      const call = this.#ended(slot);
      call?.failed(serializationError("result", undefined, "result", error));
      return;
    }
    this.#reply(slot, status, value);
  }

  #reply(slot: number, status: number, value: unknown): void {
    switch (status) {
      case ProcessReply.RunTime:
        this.#times.record(slot, value as number);
        return;
      case ProcessReply.Begun:
        this.#begunAt[slot] = value as number;
        return;
      case ProcessReply.Progress: {
        const call = this.#slots.at(slot);
        if (call !== undefined) futureControl.progress(call.future, value);
        return;
      }
      case ProcessReply.Items:
      case ProcessReply.Pull:
      case ProcessReply.Leave:
        this.#slots.at(slot)?.flow?.receive(status, value);
        return;
    }
    const call = this.#ended(slot);
    if (call !== undefined) settle(call, status, value);
  }

  /** A call has ended: its slot is free. */
  #ended(slot: number): WorkerCall | undefined {
    this.#replied = true;
    return this.#release(slot);
  }

  #release(slot: number): WorkerCall | undefined {
    const call = this.#slots.at(slot);
    // A worker that was given up may still have something to say.
    if (call === undefined) return undefined;
    this.#slots.release(slot);
    this.held -= 1;
    this.live -= 1;
    if (call.flow?.resting) this.resting -= 1;
    call.link = undefined;
    call.slot = -1;
    return call;
  }

  /** Says whether there was a reply since it was last asked. */
  #takeReplied(): boolean {
    const replied = this.#replied;
    this.#replied = false;
    return replied;
  }

  #afterEnds(): void {
    this.#rest();
    this.#listener.freed(this);
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

  #killAfter(ms: number): void {
    this.#stopTimer?.();
    this.#stopTimer = startTimer(ms, () => {
      this.kill();
    });
  }

  #childEnded(end: WorkerEnd): void {
    this.#stopTimer?.();
    this.#end = end;
    if (this.#channel === undefined) {
      this.#tellEnd(end);
      return;
    }
    // What it had written is still to be read. It counts.
    this.#stopTimer = startTimer(LAST_WORDS_MS, () => {
      this.#tellEnd(end);
    });
  }

  #tellEnd(end: WorkerEnd): void {
    this.#stopTimer?.();
    const error = end.error ?? this.#lastWord?.error;
    this.#listener.ended(this, { ...end, error });
  }
}
