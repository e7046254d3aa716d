import { types } from "node:util";
import { receiveMessageOnPort } from "node:worker_threads";
import { decodeThrown } from "../codec/decode-error.js";
import { encodeThrown } from "../codec/encode-error.js";
import { serializationError } from "../codec/find-uncloneable.js";
import { futureControl } from "../future.js";
import {
  ReplyStatus,
  WAKE,
  type ChunkFailure,
  type ChunkOutcome,
  type FromWorker,
  type TaskEntry,
  type ToWorker,
} from "./shared/messages.js";
import {
  AbortFlag,
  Cargo,
  MASK,
  type Ring,
  SLOTS,
  SlotState,
  Word,
  WorkerPhase,
} from "./shared/ring.js";
import type { SpawnedWorker } from "./spawner.js";
import type { WorkerCall } from "./worker-call.js";

/** What a link tells the dispatcher. */
export interface LinkListener {
  up(link: ThreadLink): void;
  initializerFailed(link: ThreadLink, error: unknown): void;
  /** Calls have ended, so there is room. */
  freed(link: ThreadLink): void;
  /** The worker had to wake this thread: it was not looking by itself. */
  kicked(): void;
}

/** The parent's end of one worker thread: slots, rings, messages. */
export class ThreadLink {
  /** Whether the initializer is through and calls run. */
  isUp = false;
  /** Whether calls can no longer be sent: the thread is gone, was killed, or was told to leave. */
  closed = false;
  /** Slots in use, also those of calls that were taken back and that the worker has still to skip. */
  held = 0;
  /** Calls sent and not settled. */
  live = 0;
  /** Calls ever sent and not taken back. */
  sent = 0;
  /** Whether it holds a call that its worker may die of. */
  risky = false;
  readonly #calls: (WorkerCall | undefined)[] = new Array<WorkerCall | undefined>(SLOTS);
  readonly #free: number[] = Array.from({ length: SLOTS }, (_, index) => SLOTS - 1 - index);
  #submitted = 0;
  #completed = 0;
  #posted = 0;
  #tasksKnown = 0;
  /** Messages of the calls placed since the last publish, and the slot of each. */
  #messages: unknown[] = [];
  #messageSlots: number[] = [];
  /** Calls that may have had their replies in messages that could not be read, and why that was. */
  #missing: { calls: readonly WorkerCall[]; error: unknown }[] = [];

  constructor(
    readonly workerId: number,
    readonly ring: Ring,
    readonly worker: SpawnedWorker,
    private readonly listener: LinkListener,
  ) {
    worker.port.on("message", (message: FromWorker) => {
      this.#receive(message);
    });
    worker.port.on("messageerror", (error) => {
      this.#missed(error);
    });
    worker.port.unref();
  }

  get room(): number {
    return this.closed ? 0 : this.#free.length;
  }

  /** Puts a call into a free slot; `publish()` lets the worker see it. */
  place(call: WorkerCall, tasks: readonly TaskEntry[]): void {
    const slot = this.#free.pop();
    if (slot === undefined) throw new Error("no slot is free");
    if (this.#tasksKnown < tasks.length) {
      this.#post({ kind: "tasks", from: this.#tasksKnown, tasks: tasks.slice(this.#tasksKnown) });
      this.#tasksKnown = tasks.length;
    }
    const { ring } = this;
    this.#calls[slot] = call;
    call.link = this;
    call.slot = slot;
    ring.task[slot] = call.task;
    ring.abort[slot] = call.options.timeoutMs === undefined ? 0 : AbortFlag.Timed;
    // A plain write will do: the store of the ring's counter publishes it.
    ring.state[slot] = SlotState.Waiting;
    this.#load(call, slot);
    ring.submissions[this.#submitted & MASK] = slot;
    this.#submitted = (this.#submitted + 1) | 0;
    this.held += 1;
    this.live += 1;
    this.sent += 1;
    if (call.risky) this.risky = true;
  }

  /** Lets the worker see what was placed; true when it had to be woken for that. */
  publish(): boolean {
    this.#postMessages();
    if (this.held > 0) this.worker.port.ref();
    const { header } = this.ring;
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

  /** Takes a call back if the worker has not begun it: exact, as only one side can win the slot. */
  takeBack(call: WorkerCall): boolean {
    const { slot } = call;
    const won =
      Atomics.compareExchange(this.ring.state, slot, SlotState.Waiting, SlotState.TakenBack) ===
      SlotState.Waiting;
    if (won) {
      this.sent -= 1;
      this.#forget(call);
    }
    return won;
  }

  hasBegun(call: WorkerCall): boolean {
    return Atomics.load(this.ring.state, call.slot) !== SlotState.Waiting;
  }

  /** When a timed call began, in milliseconds of `monotonicMs()`; undefined while it waits. */
  begunAt(call: WorkerCall): number | undefined {
    return this.hasBegun(call) ? this.ring.begunAt[call.slot] : undefined;
  }

  /** Asks a running call to stop: by the shared flag for loops, by a message for what waits. */
  askToStop(call: WorkerCall, reason: unknown): void {
    Atomics.or(this.ring.abort, call.slot, AbortFlag.Asked);
    this.#post({ kind: "abort", slot: call.slot, reason: encodeThrown(reason) });
  }

  /** Takes back the newest calls that have not begun, so many at most, in the order of their submission. */
  takeBackNewest(most: number): WorkerCall[] {
    const taken: WorkerCall[] = [];
    const head = Atomics.load(this.ring.header, Word.Taken);
    for (let at = this.#submitted - 1; taken.length < most && ((at - head) | 0) >= 0; at -= 1) {
      const call = this.#calls[this.ring.submissions[at & MASK] ?? 0];
      if (call === undefined) continue;
      if (call.pinned || !this.takeBack(call)) break;
      taken.push(call);
    }
    return taken.reverse();
  }

  /** Reads what the worker has finished; false when there was nothing. */
  collect(): boolean {
    const { completions, resultCargo, result, header } = this.ring;
    const end = Atomics.load(header, Word.Completed);
    if (this.#completed === end) return false;
    while (this.#completed !== end) {
      const slot = completions[this.#completed & MASK] ?? 0;
      this.#completed = (this.#completed + 1) | 0;
      const call = this.#release(slot);
      // The slot of a call that was taken back has no call any more.
      call?.succeeded(fromCargo(resultCargo[slot] ?? Cargo.Undefined, result[slot]));
    }
    this.#afterEnds();
    return true;
  }

  /** Reads also the messages, without waiting for the event loop; false when there was nothing. */
  collectAll(): boolean {
    let found = this.collect();
    const posted = Atomics.load(this.ring.header, Word.Posted);
    if (posted !== this.#posted) {
      this.#posted = posted;
      found = this.drainMessages() || found;
    }
    return found;
  }

  drainMessages(): boolean {
    for (let found = false; ; found = true) {
      let entry: { message: FromWorker } | undefined;
      try {
        entry = receiveMessageOnPort(this.worker.port);
      } catch (error) {
        this.#missed(error);
        continue;
      }
      if (entry === undefined) return found;
      this.#receive(entry.message);
    }
  }

  /** Tells the worker to end when it has nothing to do. */
  leave(): void {
    this.closed = true;
    this.#post({ kind: "leave" });
  }

  /**
   * Gives up the calls that are left, parted by whether they had begun. The thread may be at work for a moment still, so
   * the others are taken back: what begins here must not begin elsewhere, too.
   */
  surrender(): { begun: WorkerCall[]; waiting: WorkerCall[] } {
    const begun: WorkerCall[] = [];
    const waiting: WorkerCall[] = [];
    this.#calls.forEach((call) => {
      if (call === undefined) return;
      if (!call.pinned && this.takeBack(call)) {
        waiting.push(call);
      } else {
        begun.push(call);
        this.#forget(call);
      }
    });
    this.worker.port.unref();
    return { begun, waiting };
  }

  /** All calls that the worker holds. */
  *calls(): Generator<WorkerCall, void> {
    for (const call of this.#calls) if (call !== undefined) yield call;
  }

  #load(call: WorkerCall, slot: number): void {
    const { ring } = this;
    const { args, options } = call;
    if (call.isChunk) {
      call.refused = undefined;
      this.#attach(slot, Cargo.Chunk, args);
    } else if (options.name !== undefined) {
      this.#attach(slot, Cargo.Named, [options.name, args], call);
    } else if (args.length === 0) {
      ring.cargo[slot] = Cargo.Nothing;
    } else if (args.length === 1 && !call.pinned) {
      const [only] = args;
      const cargo = toCargo(only);
      if (cargo === Cargo.Message) {
        this.#attach(slot, cargo, args);
        return;
      }
      ring.cargo[slot] = cargo;
      if (cargo === Cargo.Number) ring.argument[slot] = only as number;
    } else {
      this.#attach(slot, Cargo.Message, args, call);
    }
  }

  #attach(slot: number, cargo: number, message: unknown, call?: WorkerCall): void {
    this.ring.cargo[slot] = cargo;
    if (call?.pinned) {
      this.#postMessages();
      this.#postOne(slot, message, call.options.transfer);
      return;
    }
    this.#messages.push(message);
    this.#messageSlots.push(slot);
  }

  #postMessages(): void {
    if (this.#messages.length === 0) return;
    const messages = this.#messages;
    const slots = this.#messageSlots;
    this.#messages = [];
    this.#messageSlots = [];
    try {
      this.#post(messages);
    } catch {
      // One of them cannot be cloned: only that one must fail.
      messages.forEach((message, index) => {
        this.#postOne(slots[index] ?? 0, message);
      });
    }
  }

  #postOne(slot: number, message: unknown, transfer?: readonly object[]): void {
    try {
      transfer?.forEach(assertNotMoved);
      this.worker.port.postMessage([message], transfer as ArrayBuffer[] | undefined);
    } catch (error) {
      const call = this.#calls[slot];
      if (call?.isChunk === true && call.refused === undefined) {
        this.#postRest(call);
        return;
      }
      // The place in the line of messages is kept, and the worker skips the slot.
      this.#post([undefined]);
      this.ring.state[slot] = SlotState.TakenBack;
      if (call === undefined) return;
      this.#forget(call);
      call.failed(serializationError("arguments", call.args, "args", error));
    }
  }

  /** Of a chunk only those calls fail whose arguments cannot be cloned: the worker gets the others. */
  #postRest(call: WorkerCall): void {
    const refused: ChunkFailure[] = [];
    const rest = call.args.map((args, index) => {
      try {
        // The copy and not the arguments: a getter may think otherwise when it is asked again.
        return structuredClone(args);
      } catch (error) {
        refused.push([index, encodeThrown(serializationError("arguments", args, "args", error))]);
        return undefined;
      }
    });
    call.refused = refused;
    this.#postOne(call.slot, rest);
  }

  #post(message: ToWorker): void {
    this.worker.port.postMessage(message);
  }

  #receive(message: FromWorker): void {
    if (message === WAKE) {
      Atomics.store(this.ring.header, Word.Kicked, 0);
      this.listener.kicked();
      this.collect();
      return;
    }
    if (Array.isArray(message)) {
      for (let at = 0; at < message.length; at += 3) {
        this.#reply(message[at] as number, message[at + 1] as number, message[at + 2]);
      }
      this.collect();
      this.#afterEnds();
      return;
    }
    if (message.kind === "up") {
      this.isUp = true;
      this.listener.up(this);
    } else if (message.kind === "synced") {
      this.#failMissed();
    } else {
      this.listener.initializerFailed(this, decodeThrown(message.error));
    }
  }

  #reply(slot: number, status: number, value: unknown): void {
    if (status === ReplyStatus.Progress) {
      const call = this.#calls[slot];
      if (call !== undefined) futureControl.progress(call.future, value);
      return;
    }
    const call = this.#release(slot);
    if (call === undefined) return;
    switch (status) {
      case ReplyStatus.Thrown:
        call.failed(decodeThrown(value, siteOf(call)));
        return;
      case ReplyStatus.Stopped:
        call.stopped();
        return;
      case ReplyStatus.Chunk:
        call.succeeded(withRefused(value as ChunkOutcome, call.refused));
        return;
      default:
        call.succeeded(value);
    }
  }

  /**
   * A message is lost, since a value in it is nested too deeply for the stack of this thread. Whose replies were in it is
   * found out by asking: those that had ended by now, and have no reply when the worker says that it has posted all.
   */
  #missed(error: unknown): void {
    const ended = [...this.calls()].filter(
      (call) => Atomics.load(this.ring.state, call.slot) === SlotState.Done,
    );
    this.#missing.push({ calls: ended, error });
    this.#post({ kind: "sync" });
  }

  #failMissed(): void {
    this.collect();
    const { calls, error } = this.#missing.shift() ?? { calls: [], error: undefined };
    for (const call of calls) {
      if (call.link !== this) continue;
      this.#release(call.slot);
      call.failed(serializationError("result", undefined, "result", error));
    }
    this.#afterEnds();
  }

  /** Frees a slot and gives the call that was in it. */
  #release(slot: number): WorkerCall | undefined {
    const call = this.#calls[slot];
    this.#calls[slot] = undefined;
    this.#free.push(slot);
    this.held -= 1;
    if (call !== undefined) {
      this.live -= 1;
      call.link = undefined;
    }
    return call;
  }

  /** Lets go of a call whose slot the worker still has. */
  #forget(call: WorkerCall): void {
    this.#calls[call.slot] = undefined;
    this.live -= 1;
    call.link = undefined;
    call.slot = -1;
  }

  #afterEnds(): void {
    if (this.held === 0) {
      this.risky = false;
      this.worker.port.unref();
    }
    this.listener.freed(this);
  }
}

function siteOf(call: WorkerCall): { submittedAt: string } | undefined {
  const stack = call.site?.stack;
  return stack === undefined ? undefined : { submittedAt: stack };
}

function withRefused(
  outcome: ChunkOutcome,
  refused: readonly ChunkFailure[] | undefined,
): ChunkOutcome {
  if (refused === undefined) return outcome;
  return { ...outcome, thrown: [...refused, ...(outcome.thrown ?? [])] };
}

/** Node would send a buffer that has been moved before as an empty one, without a word. */
function assertNotMoved(object: object): void {
  if (types.isArrayBuffer(object)) new Uint8Array(object);
}

function toCargo(value: unknown): number {
  if (typeof value === "number") return Cargo.Number;
  if (value === undefined) return Cargo.Undefined;
  if (value === null) return Cargo.Null;
  if (value === true) return Cargo.True;
  return value === false ? Cargo.False : Cargo.Message;
}

function fromCargo(cargo: number, number: number | undefined): unknown {
  switch (cargo) {
    case Cargo.Number:
      return number;
    case Cargo.Null:
      return null;
    case Cargo.True:
      return true;
    case Cargo.False:
      return false;
    default:
      return undefined;
  }
}
