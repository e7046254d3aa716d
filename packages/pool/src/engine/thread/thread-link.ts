import { receiveMessageOnPort } from "node:worker_threads";
import { decodeThrown } from "../../codec/decode-error.js";
import { encodeThrown } from "../../codec/encode-error.js";
import { serializationError } from "../../codec/find-uncloneable.js";
import { futureControl } from "../../future.js";
import { Link, type LinkListener, type Surrender } from "../link.js";
import { Cargo, takeCargo } from "../shared/cargo.js";
import {
  ReplyStatus,
  WAKE,
  type FlowOrder,
  type FromWorker,
  type TaskEntry,
  type ToWorker,
} from "../shared/messages.js";
import { AbortFlag, MASK, type Ring, SlotState, Word, WorkerPhase } from "../shared/ring.js";
import { Slots } from "../slots.js";
import { unsendableArguments } from "../unsendable.js";
import type { WorkerCall } from "../worker-call.js";
import { loadArguments } from "./arguments.js";
import { LostReplies } from "./lost-replies.js";
import { Outbox } from "./outbox.js";
import { settle } from "./settle.js";
import type { SpawnedThread } from "./thread-spawner.js";

/** A thread may also have to wake its parent, which then was not looking by itself. */
export interface ThreadLinkListener extends LinkListener {
  kicked(): void;
}

/** The parent's end of one worker thread: slots, rings, messages. */
export class ThreadLink extends Link {
  readonly #ring: Ring;
  readonly #thread: SpawnedThread;
  readonly #listener: ThreadLinkListener;
  readonly #slots = new Slots();
  readonly #outbox: Outbox;
  readonly #lost: LostReplies;
  #submitted = 0;
  #completed = 0;
  #posted = 0;
  #printed = 0;
  #tasksKnown = 0;

  constructor(workerId: number, ring: Ring, thread: SpawnedThread, listener: ThreadLinkListener) {
    super(workerId);
    this.#ring = ring;
    this.#thread = thread;
    this.#listener = listener;
    const { port } = thread;
    this.#outbox = new Outbox(port, {
      refused: (call, error) => {
        this.#refuse(call, error);
      },
      partlyRefused: (call) => {
        ring.cargo[call.slot] = Cargo.Chunk;
      },
    });
    this.#lost = new LostReplies(port);
    port.on("message", (message: FromWorker) => {
      this.#receive(message);
    });
    port.on("messageerror", (error) => {
      this.#lose(error);
    });
    port.unref();
    thread.onEnd((end) => {
      listener.ended(this, end);
    });
  }

  override get room(): number {
    return this.closed ? 0 : this.#slots.room;
  }

  override get unseen(): number {
    return (this.#submitted - this.begun) | 0;
  }

  override get begun(): number {
    return Atomics.load(this.#ring.header, Word.Taken);
  }

  override place(call: WorkerCall, tasks: readonly TaskEntry[]): void {
    const slot = this.#slots.take(call);
    if (this.#tasksKnown < tasks.length) {
      this.#post({ kind: "tasks", from: this.#tasksKnown, tasks: tasks.slice(this.#tasksKnown) });
      this.#tasksKnown = tasks.length;
    }
    const ring = this.#ring;
    call.link = this;
    call.slot = slot;
    ring.task[slot] = call.task;
    ring.abort[slot] = call.options.timeoutMs === undefined ? 0 : AbortFlag.Timed;
    // A plain write will do: the store of the ring's counter publishes it.
    ring.state[slot] = SlotState.Waiting;
    loadArguments(ring, this.#outbox, call);
    ring.submissions[this.#submitted & MASK] = slot;
    this.#submitted = (this.#submitted + 1) | 0;
    this.held += 1;
    this.live += 1;
    this.sent += 1;
    if (call.risky) this.risky = true;
    if (call.flow?.resting) this.resting += 1;
  }

  override publish(): boolean {
    this.#outbox.flush();
    if (this.held > this.resting) this.#thread.port.ref();
    const { header } = this.#ring;
    Atomics.store(header, Word.Submitted, this.#submitted);
    const phase = Atomics.load(header, Word.Phase);
    if (phase === WorkerPhase.Parked) {
      Atomics.notify(header, Word.Submitted, 1);
    } else if (
      phase === WorkerPhase.InLoop &&
      Atomics.compareExchange(header, Word.Phase, WorkerPhase.InLoop, WorkerPhase.Working) ===
        WorkerPhase.InLoop
    ) {
      this.#post(WAKE);
    }
    return phase !== WorkerPhase.Working;
  }

  override takeBack(call: WorkerCall): boolean {
    const { slot } = call;
    const won =
      Atomics.compareExchange(this.#ring.state, slot, SlotState.Waiting, SlotState.TakenBack) ===
      SlotState.Waiting;
    if (won) {
      this.sent -= 1;
      this.forget(call);
    }
    return won;
  }

  override hasBegun(call: WorkerCall): boolean {
    return Atomics.load(this.#ring.state, call.slot) !== SlotState.Waiting;
  }

  override begunAt(call: WorkerCall): number | undefined {
    return this.hasBegun(call) ? this.#ring.begunAt[call.slot] : undefined;
  }

  override askToStop(call: WorkerCall, reason: unknown): void {
    Atomics.or(this.#ring.abort, call.slot, AbortFlag.Asked);
    this.#post({ kind: "abort", slot: call.slot, reason: encodeThrown(reason) });
  }

  override tell(order: FlowOrder, transfer?: readonly object[]): void {
    this.#thread.port.postMessage(order, transfer as ArrayBuffer[] | undefined);
  }

  override rests(resting: boolean): void {
    this.resting += resting ? 1 : -1;
    if (this.held > this.resting) this.#thread.port.ref();
    else this.#thread.port.unref();
  }

  override takeBackNewest(most: number): WorkerCall[] {
    const taken: WorkerCall[] = [];
    const head = Atomics.load(this.#ring.header, Word.Taken);
    for (let at = this.#submitted - 1; taken.length < most && ((at - head) | 0) >= 0; at -= 1) {
      const call = this.#slots.at(this.#ring.submissions[at & MASK] ?? 0);
      if (call === undefined) continue;
      if (call.pinned || !this.takeBack(call)) break;
      taken.push(call);
    }
    return taken.reverse();
  }

  /** Reads the ring of completions; false when there was nothing. */
  #collect(): boolean {
    const { completions, resultCargo, result, header } = this.#ring;
    let end = Atomics.load(header, Word.Completed);
    if (this.#completed === end) return false;
    // What a call printed comes before its end.
    for (let printed; (printed = Atomics.load(header, Word.Printed)) !== this.#printed;) {
      this.#printed = printed;
      this.#drainMessages();
      end = Atomics.load(header, Word.Completed);
    }
    while (this.#completed !== end) {
      const slot = completions[this.#completed & MASK] ?? 0;
      this.#completed = (this.#completed + 1) | 0;
      const call = this.#release(slot);
      // The slot of a call that was taken back has no call any more.
      call?.succeeded(takeCargo(result, slot, resultCargo[slot] ?? Cargo.Undefined));
    }
    this.#afterEnds();
    return true;
  }

  override collectAll(): boolean {
    let found = this.#collect();
    const posted = Atomics.load(this.#ring.header, Word.Posted);
    if (posted !== this.#posted) {
      this.#posted = posted;
      found = this.#drainMessages() || found;
    }
    return found;
  }

  override collectLast(): void {
    this.#drainMessages();
    this.#collect();
  }

  #drainMessages(): boolean {
    for (let found = false; ; found = true) {
      let entry: { message: FromWorker } | undefined;
      try {
        entry = receiveMessageOnPort(this.#thread.port);
      } catch (error) {
        this.#lose(error);
        continue;
      }
      if (entry === undefined) return found;
      this.#receive(entry.message);
    }
  }

  override leave(): void {
    this.closed = true;
    this.#post({ kind: "leave" });
  }

  override surrender(): Surrender {
    const begun: WorkerCall[] = [];
    const waiting: WorkerCall[] = [];
    for (const call of this.#slots) {
      if ((!call.pinned || call.bound) && this.takeBack(call)) {
        waiting.push(call);
      } else {
        begun.push(call);
        this.forget(call);
      }
    }
    this.#thread.port.unref();
    return { begun, unsure: [], waiting };
  }

  override get tellsAtEnd(): boolean {
    return false;
  }

  override calls(): Iterable<WorkerCall> {
    return this.#slots;
  }

  override ref(): void {
    this.#thread.ref();
  }

  override kill(): void {
    this.#thread.kill();
  }

  override dispose(): void {
    this.#thread.port.close();
  }

  /** Lets the worker spin for new work, or not. */
  maySpin(allowed: boolean): void {
    Atomics.store(this.#ring.header, Word.MaySpin, allowed ? 1 : 0);
  }

  /** Tells the worker whether this thread looks by itself and needs no wake-up. */
  polling(polls: boolean): void {
    Atomics.store(this.#ring.header, Word.Polling, polls ? 1 : 0);
  }

  /** The arguments of a call cannot be sent: the worker skips its slot. */
  #refuse(call: WorkerCall, error: unknown): void {
    this.#ring.state[call.slot] = SlotState.TakenBack;
    this.forget(call);
    call.failed(unsendableArguments(call.args, call.host.carriesContext, error));
  }

  #post(message: ToWorker): void {
    this.#thread.port.postMessage(message);
  }

  #receive(message: FromWorker): void {
    if (message === WAKE) {
      Atomics.store(this.#ring.header, Word.Kicked, 0);
      this.#listener.kicked();
      this.#collect();
      return;
    }
    if (Array.isArray(message)) {
      for (let at = 0; at < message.length; at += 3) {
        this.#reply(message[at] as number, message[at + 1] as number, message[at + 2]);
      }
      this.#collect();
      this.#afterEnds();
      return;
    }
    if (message.kind === "alive") {
      this.isAlive = true;
      this.#listener.alive(this);
    } else if (message.kind === "up") {
      this.isUp = true;
      this.#listener.up(this);
    } else if (message.kind === "printed") {
      this.#listener.printed(this, message);
    } else if (message.kind === "synced") {
      this.#failLost();
    } else {
      this.#listener.initializerFailed(this, decodeThrown(message.error));
    }
  }

  #reply(slot: number, status: number, value: unknown): void {
    if (status === ReplyStatus.Progress) {
      const call = this.#slots.at(slot);
      if (call !== undefined) futureControl.progress(call.future, value);
      return;
    }
    if (status >= ReplyStatus.Items) {
      this.#slots.at(slot)?.flow?.receive(status, value);
      return;
    }
    const call = this.#release(slot);
    if (call !== undefined) settle(call, status, value);
  }

  /** Whose replies were in a message that cannot be read: those that had ended by now. */
  #lose(error: unknown): void {
    const { state } = this.#ring;
    const ended = [...this.calls()].filter(
      (call) => Atomics.load(state, call.slot) === SlotState.Done,
    );
    this.#lost.note(ended, error);
  }

  #failLost(): void {
    this.#collect();
    const { calls, error } = this.#lost.settle();
    for (const call of calls) {
      if (call.link !== this) continue;
      this.#release(call.slot);
      call.failed(serializationError("result", undefined, "result", error));
    }
    this.#afterEnds();
  }

  /** Frees a slot and gives the call that was in it. */
  #release(slot: number): WorkerCall | undefined {
    const call = this.#slots.release(slot);
    this.held -= 1;
    if (call !== undefined) {
      this.live -= 1;
      if (call.flow?.resting) this.resting -= 1;
      call.link = undefined;
    }
    return call;
  }

  /** Lets go of a call whose slot the worker still has. */
  override forget(call: WorkerCall): void {
    this.#slots.forget(call.slot);
    this.live -= 1;
    if (call.flow?.resting) this.resting -= 1;
    call.link = undefined;
    call.slot = -1;
  }

  #afterEnds(): void {
    if (this.held === 0) this.risky = false;
    if (this.held <= this.resting) this.#thread.port.unref();
    this.#listener.freed(this);
  }
}
