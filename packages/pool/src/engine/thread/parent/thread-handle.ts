import { decodeThrown } from "../../../codec/decode-error.js";
import { encodeThrown } from "../../../codec/encode-error.js";
import { futureControl } from "../../../future.js";
import {
  WorkerHandle,
  type WorkerListener,
  type AbandonedCalls,
} from "../../workers/worker-handle.js";
import { SlotKind, slotKindOf, putSlotValue, takeSlotValue } from "../wire/slot-value.js";
import { refuseLossBetweenThreads } from "../../shared/clone.js";
import { ReplyStatus, type StreamCommand, type TaskEntry } from "../../shared/messages.js";
import { unpackOutcome } from "../wire/packed.js";
import { AbortFlag, ParentLook, Word, type Ring } from "../wire/ring.js";
import { isOf } from "../wire/slot-states.js";
import { WireFault } from "../../shared/wire-fault.js";
import { Slots } from "../../workers/slots.js";
import { argumentError } from "../../calls/argument-error.js";
import { argumentsOf } from "../../calls/chunk-lists.js";
import type { WorkerCall } from "../../calls/worker-call.js";
import { readArguments } from "./arguments.js";
import { LostReplies } from "./lost-replies.js";
import { ThreadInbox, type WorkerWord } from "./inbox.js";
import { ThreadOutbox, type Unsent } from "./outbox.js";
import { decoded, settle } from "../../calls/settle.js";
import { Submissions } from "./submissions.js";
import type { SpawnedThread } from "./thread-spawner.js";
import { Atomics } from "../../../internal/platform.js";
import { type ToWorker, WAKE } from "../wire/thread-messages.js";
import { MASK, slotOf } from "../../shared/tickets.js";

/** Who looks after all threads of an executor. */
export interface ThreadHost {
  /** A thread had to wake this one, which then was not looking by itself. */
  kicked(): void;
  /** A thread is gone. */
  gone(worker: ThreadHandle): void;
}

/**
 * The parent's end of one worker thread: slots, rings, messages.
 *
 * It is long and one thing: between any two of its steps a callback may come back to it, so all that reads or moves its cursors and
 * slots stands here. What has no part in that is in the modules that it imports.
 */
export class ThreadHandle extends WorkerHandle {
  readonly #ring: Ring;
  readonly #thread: SpawnedThread;
  readonly #listener: WorkerListener;
  readonly #slots = new Slots();
  readonly #outbox: ThreadOutbox;
  readonly #lost: LostReplies;
  readonly #inbox: ThreadInbox;
  readonly #submissions: Submissions;
  #completed = 0;
  #posted = 0;
  #printed = 0;
  #said = 0;
  #maySpin = false;
  #look: number = ParentLook.InLoop;
  #tasksKnown = 0;
  /** What could not be sent, and was not published yet. */
  readonly #unsent: Unsent[] = [];
  #leaves = false;
  #killed = false;
  /** What it died of, as far as it could say. */
  #uncaught: unknown;
  /** Why nothing is believed any more that comes from there. */
  #fault: WireFault | undefined;

  constructor(
    workerId: number,
    ring: Ring,
    thread: SpawnedThread,
    listener: WorkerListener,
    host: ThreadHost,
  ) {
    super(workerId);
    this.#ring = ring;
    this.#submissions = new Submissions(ring);
    this.#thread = thread;
    this.#listener = listener;
    const { port } = thread;
    this.#outbox = new ThreadOutbox(port);
    this.#lost = new LostReplies(port, ring.state, this.#slots);
    this.#inbox = new ThreadInbox(port, {
      woken: () => {
        Atomics.store(ring.header, Word.Kicked, 0);
        host.kicked();
        this.#collect();
      },
      reply: (ticket, status, value) => {
        this.#reply(ticket, status, value);
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
      host.gone(this);
      listener.ended(this, this.#fault === undefined ? end : { ...end, error: this.#fault });
    });
  }

  override get room(): number {
    return this.closed ? 0 : this.#slots.room;
  }

  override get unseen(): number {
    return this.#submissions.unseen;
  }

  override get begunCount(): number {
    return this.#submissions.begunCount;
  }

  /**
   * First the arguments are written down, which may run code of users, and only then the call gets its place: whatever that
   * code does, it finds nothing half done. Afterwards the call may be settled, the worker gone, or its slots in use.
   */
  override place(call: WorkerCall, tasks: readonly TaskEntry[]): void {
    this.#introduce(tasks);
    const { args } = call;
    if (args.length <= 1 && call.isBare) {
      const kind = args.length === 0 ? SlotKind.Nothing : slotKindOf(args[0]);
      if (kind !== SlotKind.Message) {
        const slot = this.#slots.take(call);
        putSlotValue(this.#ring.argument, slot, kind, args[0]);
        this.#enter(call, slot, kind);
        return;
      }
      if (this.#outbox.takeRecord(args[0])) {
        if (!this.#canEnter(call)) return;
        const slot = this.#slots.take(call);
        this.#outbox.addRecord(this.#slots.ticket(slot));
        this.#enter(call, slot, SlotKind.Record);
        return;
      }
    }
    const read = readArguments(call);
    if (!this.#canEnter(call)) return;
    if (read.isCopy) {
      const slot = this.#slots.take(call);
      this.#outbox.add(this.#slots.ticket(slot), read.message);
      this.#enter(call, slot, read.kind);
    } else {
      this.#placeWhatRuns(call, read.kind, read.message);
    }
  }

  /** Posts arguments that are read while they are posted: getters run. So they have a slot, but no call is in it yet. */
  #placeWhatRuns(call: WorkerCall, kind: number, message: unknown): void {
    const slot = this.#slots.reserve();
    const ticket = this.#slots.ticket(slot);
    try {
      refuseLossBetweenThreads(message);
      this.#outbox.post(ticket, message, call.options.transfer);
    } catch (error) {
      this.#slots.release(slot);
      throw argumentError(argumentsOf(call), call.host.carriesContext, error);
    }
    if (this.#canEnter(call)) {
      this.#slots.put(slot, call);
      this.#enter(call, slot, kind);
    } else {
      this.#ring.argumentKind[slot] = kind;
      this.#submissions.addWithdrawn(ticket);
      this.held += 1;
    }
  }

  /** Whether a call may still go where it was about to. */
  #canEnter(call: WorkerCall): boolean {
    return !call.future.done() && !this.closed && this.#slots.room > 0;
  }

  #enter(call: WorkerCall, slot: number, kind: number): void {
    this.#ring.argumentKind[slot] = kind;
    this.admit(call, slot);
    this.#submissions.add(this.#slots.ticket(slot), call);
  }

  #introduce(tasks: readonly TaskEntry[]): void {
    if (this.#tasksKnown === tasks.length) return;
    const from = this.#tasksKnown;
    this.#tasksKnown = tasks.length;
    this.#post({ kind: "tasks", from, tasks: tasks.slice(from) });
  }

  override publish(): boolean {
    this.#send();
    const woke = this.#submissions.publish(this.#wake);
    for (const one of this.#unsent.splice(0)) this.#refuse(one);
    return woke;
  }

  /** Sends the arguments of what was placed. What cannot be sent after all is skipped, and fails when all is published. */
  #send(): void {
    for (const one of this.#outbox.flush()) {
      this.#ring.argumentKind[slotOf(one.ticket)] = SlotKind.Nothing;
      this.#submissions.withdraw(one.ticket);
      this.#unsent.push(one);
    }
    if (this.held > this.resting) this.#thread.port.ref();
  }

  override offer(): void {
    this.#send();
    this.#submissions.offer(this.#wake);
  }

  override takeBack(call: WorkerCall): boolean {
    const won = this.#submissions.takeBack(this.#slots.ticket(call.slot));
    if (won) {
      this.sent -= 1;
      this.forget(call);
    }
    return won;
  }

  override hasBegun(call: WorkerCall): boolean {
    return this.#submissions.hasBegun(this.#slots.ticket(call.slot));
  }

  override begunAt(call: WorkerCall): number | undefined {
    return this.hasBegun(call) ? this.#ring.begunAt[call.slot] : undefined;
  }

  override askToStop(call: WorkerCall, reason: unknown): void {
    // First, as what a reason is made of may run code of users.
    const encoded = encodeThrown(reason);
    if (call.worker !== this) return;
    Atomics.or(this.#ring.abort, call.slot, AbortFlag.Asked);
    this.#post({ kind: "abort", ticket: this.#slots.ticket(call.slot), reason: encoded });
  }

  override tell(command: StreamCommand, transfer?: readonly object[]): void {
    this.#thread.port.postMessage(command, transfer as ArrayBuffer[] | undefined);
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

  /**
   * Reads the ring of completions; false when there was nothing.
   *
   * How far it has come is noted before a call settles, so a callback may lead back to here, which then goes on with the next.
   */
  #collect(): boolean {
    const { header } = this.#ring;
    if (this.#completed === Atomics.load(header, Word.Completed) || this.#fault) return false;
    // What a call printed comes before its end.
    for (let printed; (printed = Atomics.load(header, Word.Printed)) !== this.#printed;) {
      this.#printed = printed;
      this.#inbox.drain();
    }
    const end = Atomics.load(header, Word.Completed);
    // Another may have come past the end by the time it is asked for.
    while (((end - this.#completed) | 0) > 0 && !this.#isFaulty) this.#collectOne();
    this.#afterEnds();
    return true;
  }

  /** A callback may have found a fault, too. */
  get #isFaulty(): boolean {
    return this.#fault !== undefined;
  }

  #collectOne(): void {
    const { completions, resultKind, result } = this.#ring;
    const ticket = completions[this.#completed & MASK] ?? -1;
    this.#completed = (this.#completed + 1) | 0;
    if (!this.#isOurs(ticket, "the result")) return;
    const slot = slotOf(ticket);
    const call = this.#slots.at(slot);
    // Before the slot is free: the next call may be put into it before this one has settled. One that was taken back is no
    // call any more.
    const value = call && takeSlotValue(result, slot, resultKind[slot] ?? SlotKind.Undefined);
    this.#release(slot);
    call?.succeeded(value);
  }

  override collectAll(): boolean {
    let found = this.#collect();
    const posted = Atomics.load(this.#ring.header, Word.Posted);
    if (posted !== this.#posted) {
      this.#posted = posted;
      found = this.#inbox.drain() || found;
    }
    return found;
  }

  override watched(looks: boolean): void {
    Atomics.store(this.#ring.header, Word.Watched, looks ? 1 : 0);
  }

  override collectLast(): void {
    this.#inbox.drain();
    this.#collect();
  }

  override leave(): void {
    this.closed = true;
    this.#leaves = true;
    this.#post({ kind: "leave" });
  }

  override abandon(): AbandonedCalls {
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
    this.#killed = true;
    this.#thread.kill();
  }

  override dispose(): void {
    this.#thread.port.close();
  }

  /** Lets the worker spin for new work, or not. */
  maySpin(allowed: boolean): void {
    if (this.#maySpin === allowed) return;
    this.#maySpin = allowed;
    Atomics.store(this.#ring.header, Word.MaySpin, allowed ? 1 : 0);
  }

  /** Tells the worker how this thread finds what it has finished: see ParentLook. */
  parentLooks(look: number): void {
    if (this.#look === look) return;
    this.#look = look;
    Atomics.store(this.#ring.header, Word.Look, look);
  }

  /** Whether there is something that was not read. */
  get hasNews(): boolean {
    const { header } = this.#ring;
    return (
      Atomics.load(header, Word.Completed) !== this.#completed ||
      Atomics.load(header, Word.Posted) !== this.#posted ||
      Atomics.load(header, Word.Said) !== this.#said
    );
  }

  /** Reads all there is, also what the worker says about itself; false when there was nothing. */
  readAll(): boolean {
    if (!this.hasNews) return false;
    const said = Atomics.load(this.#ring.header, Word.Said);
    const collected = this.collectAll();
    if (said === this.#said) return collected;
    this.#said = said;
    return this.#inbox.drain() || collected;
  }

  /** Whether the worker was ended, or says that it ends. */
  get isDying(): boolean {
    return this.#killed || Atomics.load(this.#ring.header, Word.Exits) === 1;
  }

  /** Looks whether the worker is gone, as no event will tell while this thread stands still. */
  lookForEnd(): void {
    // One that was told to leave has no calls, and closes its port before it is gone.
    if (this.#leaves || !this.#thread.isGone()) return;
    // Its last words come before its end.
    this.#inbox.drain();
    const { header } = this.#ring;
    const told = Atomics.load(header, Word.Exits) === 1;
    const exitCode = told ? Atomics.load(header, Word.ExitCode) : undefined;
    this.#thread.end({ exitCode, error: this.#uncaught });
  }

  /** The arguments of a call cannot be sent, and its slot will be skipped. */
  #refuse({ ticket, error }: Unsent): void {
    const call = this.#slots.holds(ticket) ? this.#slots.at(slotOf(ticket)) : undefined;
    if (call === undefined) return;
    this.forget(call);
    call.failed(argumentError(argumentsOf(call), call.host.carriesContext, error));
  }

  /** Whether a ticket is that of a call which the worker has; or else that is its end. */
  #isOurs(ticket: number, what: string): boolean {
    if (this.#slots.holds(ticket) && isOf(this.#ring.state, ticket)) return true;
    this.#fail(new WireFault(`${what} that came is that of no call which the worker has`));
    return false;
  }

  /** Believes nothing any more, and ends the thread; its end tells what was lost. */
  #fail(fault: WireFault): void {
    if (this.#fault !== undefined) return;
    this.#fault = fault;
    this.faulty = true;
    this.closed = true;
    this.#inbox.close();
    this.#thread.ref();
    this.kill();
  }

  readonly #wake = (): void => {
    this.#post(WAKE);
  };

  #post(message: ToWorker): void {
    this.#thread.port.postMessage(message);
  }

  #hear(word: WorkerWord): void {
    switch (word.kind) {
      case "started":
        this.isStarted = true;
        this.#listener.started(this);
        return;
      case "ready":
        this.isReady = true;
        this.#listener.ready(this);
        return;
      case "printed":
        this.#listener.printed(this, word);
        return;
      case "synced":
        this.#failLost();
        return;
      case "uncaught":
        this.#uncaught = decoded(word.error);
        return;
      case "fault":
        this.#fail(new WireFault(word.message));
        return;
      case "initializer failed":
        this.#listener.initializerFailed(this, decodeThrown(word.error));
    }
  }

  #reply(ticket: number, status: number, value: unknown): void {
    if (!this.#isOurs(ticket, "a message")) return;
    const slot = slotOf(ticket);
    const call = this.#slots.at(slot);
    if (status === ReplyStatus.Progress) {
      if (call !== undefined) futureControl.progress(call.future, value);
    } else if (status >= ReplyStatus.Items && status !== ReplyStatus.Record) {
      call?.streams?.receive(status, value);
    } else {
      this.#release(slot);
      if (call === undefined) return;
      settle(call, status, status === ReplyStatus.Chunk ? unpackOutcome(value) : value);
    }
  }

  #failLost(): void {
    this.#collect();
    const { tickets, error } = this.#lost.settle();
    for (const ticket of tickets) {
      if (!this.#slots.holds(ticket)) continue;
      this.#release(slotOf(ticket))?.failed(error);
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
