import { decodeThrown } from "../../codec/decode-error.js";
import { encodeThrown } from "../../codec/encode-error.js";
import { futureControl } from "../../future.js";
import { Link, type LinkListener, type Surrender } from "../link.js";
import { Cargo, takeCargo } from "../shared/cargo.js";
import {
  ReplyStatus,
  WAKE,
  type FlowOrder,
  type TaskEntry,
  type ToWorker,
} from "../shared/messages.js";
import { AbortFlag, MASK, Word, type Ring } from "../shared/ring.js";
import { Slots } from "../slots.js";
import { unsendableArguments } from "../unsendable.js";
import type { WorkerCall } from "../worker-call.js";
import { loadArguments } from "./arguments.js";
import { LostReplies } from "./lost-replies.js";
import { Mailbox, type WorkerWord } from "./mailbox.js";
import { Outbox } from "./outbox.js";
import { settle } from "./settle.js";
import { Submissions } from "./submissions.js";
import type { SpawnedThread } from "./thread-spawner.js";
import { Atomics } from "../../internal/platform.js";

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
  readonly #mailbox: Mailbox;
  readonly #submissions: Submissions;
  #completed = 0;
  #posted = 0;
  #printed = 0;
  #tasksKnown = 0;

  constructor(workerId: number, ring: Ring, thread: SpawnedThread, listener: ThreadLinkListener) {
    super(workerId);
    this.#ring = ring;
    this.#submissions = new Submissions(ring);
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
    this.#lost = new LostReplies(port, ring.state, this.#slots);
    this.#mailbox = new Mailbox(port, {
      woken: () => {
        Atomics.store(ring.header, Word.Kicked, 0);
        listener.kicked();
        this.#collect();
      },
      reply: (slot, status, value) => {
        this.#reply(slot, status, value);
      },
      replied: () => {
        this.#collect();
        this.#afterEnds();
      },
      said: (word) => {
        this.#hear(word);
      },
      unreadable: (error) => {
        this.#lost.note(error);
      },
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
    return this.#submissions.unseen;
  }

  override get begun(): number {
    return this.#submissions.begun;
  }

  override place(call: WorkerCall, tasks: readonly TaskEntry[]): void {
    const slot = this.#slots.take(call);
    if (this.#tasksKnown < tasks.length) {
      this.#post({ kind: "tasks", from: this.#tasksKnown, tasks: tasks.slice(this.#tasksKnown) });
      this.#tasksKnown = tasks.length;
    }
    this.admit(call, slot);
    this.#submissions.add(call);
    // Last, as a call whose arguments cannot be sent is withdrawn here.
    loadArguments(this.#ring, this.#outbox, call);
  }

  override publish(): boolean {
    this.#outbox.flush();
    if (this.held > this.resting) this.#thread.port.ref();
    return this.#submissions.publish(this.#wake);
  }

  override takeBack(call: WorkerCall): boolean {
    const won = this.#submissions.takeBack(call.slot);
    if (won) {
      this.sent -= 1;
      this.forget(call);
    }
    return won;
  }

  override hasBegun(call: WorkerCall): boolean {
    return this.#submissions.hasBegun(call.slot);
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
    for (const slot of this.#submissions.newest()) {
      if (taken.length >= most) break;
      const call = this.#slots.at(slot);
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
      this.#mailbox.drain();
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
      found = this.#mailbox.drain() || found;
    }
    return found;
  }

  override watched(looks: boolean): void {
    Atomics.store(this.#ring.header, Word.Watched, looks ? 1 : 0);
  }

  override collectLast(): void {
    this.#mailbox.drain();
    this.#collect();
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
    this.#submissions.withdraw(call.slot);
    this.forget(call);
    call.failed(unsendableArguments(call.args, call.host.carriesContext, error));
  }

  readonly #wake = (): void => {
    this.#post(WAKE);
  };

  #post(message: ToWorker): void {
    this.#thread.port.postMessage(message);
  }

  #hear(word: WorkerWord): void {
    switch (word.kind) {
      case "alive":
        this.isAlive = true;
        this.#listener.alive(this);
        return;
      case "up":
        this.isUp = true;
        this.#listener.up(this);
        return;
      case "printed":
        this.#listener.printed(this, word);
        return;
      case "synced":
        this.#failLost();
        return;
      case "initializer failed":
        this.#listener.initializerFailed(this, decodeThrown(word.error));
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

  #failLost(): void {
    this.#collect();
    const { calls, error } = this.#lost.settle();
    for (const call of calls) {
      if (call.link !== this) continue;
      this.#release(call.slot);
      call.failed(error);
    }
    this.#afterEnds();
  }

  /** Frees a slot and gives the call that was in it. */
  #release(slot: number): WorkerCall | undefined {
    const call = this.#slots.release(slot);
    this.held -= 1;
    if (call !== undefined) this.dismiss(call);
    return call;
  }

  /** Lets go of a call whose slot the worker still has. */
  override forget(call: WorkerCall): void {
    this.#slots.forget(call.slot);
    this.dismiss(call);
    call.slot = -1;
  }

  #afterEnds(): void {
    if (this.held === 0) this.risky = false;
    if (this.held <= this.resting) this.#thread.port.unref();
    this.#listener.freed(this);
  }
}
