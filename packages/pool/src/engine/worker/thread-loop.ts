import { receiveMessageOnPort } from "node:worker_threads";
import { decodeThrown } from "../../codec/decode-error.js";
import { encodeThrown } from "../../codec/encode-error.js";
import { isThenable } from "../../internal/kinds.js";
import { moveOf, movesOf } from "../../internal/moves.js";
import {
  ReplyStatus,
  WAKE,
  type ChunkOutcome,
  type SentOutcome,
  type FlowArguments,
  type FromWorker,
  type ToWorker,
  type WorkerBirth,
} from "../shared/messages.js";
import { Cargo, cargoOf, putCargo, takeCargo } from "../shared/cargo.js";
import { pack } from "../shared/packed.js";
import {
  AbortFlag,
  MASK,
  monotonicMs,
  Ring,
  SlotState,
  Word,
  WorkerPhase,
} from "../shared/ring.js";
import { RunTimes } from "../shared/run-times.js";
import { runChunk, type Chunk } from "./chunk.js";
import { Completions } from "./completions.js";
import { Inbox } from "./inbox.js";
import { Pacing } from "./pacing.js";
import { Printer } from "./printer.js";
import { Replies } from "./replies.js";
import { RunningCall, RunningCalls, type CallEnvironment } from "./running-call.js";
import { TaskFlows } from "./task-flows.js";
import { TaskTable, type Callable } from "./task-table.js";

/**
 * Runs calls as they come in through the ring: one after the other, or so many beside each other while they wait.
 *
 * It keeps the thread while there is work, but lets the event loop have a turn every few milliseconds; while a task
 * waits for a promise the event loop has the thread anyway.
 */
export class ThreadLoop implements CallEnvironment {
  readonly workerId: number;
  readonly #ring: Ring;
  readonly #replies: Replies;
  readonly #completions: Completions;
  readonly #port: WorkerBirth["port"];
  readonly #tasks = new TaskTable();
  readonly #times: RunTimes;
  readonly #pacing: Pacing;
  readonly #calls: RunningCalls;
  readonly #flows = new Map<number, TaskFlows>();
  readonly #inbox = new Inbox(() => {
    this.drainMessages();
  });
  readonly #printer = new Printer((stream, text) => {
    const name = this.#calls.current?.name;
    this.#port.postMessage({ kind: "printed", stream, text, name } satisfies FromWorker);
    Atomics.add(this.#ring.header, Word.Printed, 1);
  });
  #taken = 0;
  #leaving = false;

  constructor(birth: WorkerBirth) {
    this.workerId = birth.workerId;
    this.#ring = new Ring(birth.memory);
    this.#port = birth.port;
    this.#replies = new Replies(birth.port, this.#ring);
    this.#times = new RunTimes(birth.runTimes);
    this.#completions = new Completions(this.#ring, birth.port, this.#times);
    this.#pacing = new Pacing(this.#ring, birth.spinUs);
    this.#calls = new RunningCalls(birth.concurrency);
    this.#calls.install();
  }

  /** Begins to serve: from here on the parent's messages wake the loop. */
  start(): void {
    this.#port.on("message", (message: ToWorker) => {
      this.#receive(message);
      if (message === WAKE) this.#run();
    });
    // Arguments that this thread cannot read belong to a call that nobody can name any more; the next would get them.
    this.#port.on("messageerror", (error: Error) => {
      throw error;
    });
    // What was finished before the one that ends the thread still counts.
    process.once("exit", () => {
      this.#printer.flush();
      this.#replies.flush();
    });
    this.#run();
  }

  /** The flag is in shared memory, and set before any message: a loop sees it that never lets a message in. */
  asked(call: RunningCall): boolean {
    return (Atomics.load(this.#ring.abort, call.slot) & AbortFlag.Asked) !== 0;
  }

  report(call: RunningCall, progress: unknown): void {
    this.#replies.report(call.slot, progress);
  }

  drainMessages(): void {
    let entry: { message: ToWorker } | undefined;
    while ((entry = receiveMessageOnPort(this.#port) as { message: ToWorker } | undefined)) {
      this.#receive(entry.message);
    }
  }

  /** One function for every setImmediate(). */
  readonly #runAgain = (): void => {
    this.#run();
  };

  #receive(message: ToWorker): void {
    if (message === WAKE) return;
    if (Array.isArray(message)) {
      this.#inbox.add(message);
      return;
    }
    const order = message as Exclude<ToWorker, typeof WAKE | readonly unknown[]>;
    if (order.kind === "tasks") this.#tasks.add(order.from, order.tasks);
    else if (order.kind === "abort") this.#stop(order.slot, decodeThrown(order.reason));
    else if (order.kind === "sync") this.#sync();
    else if (order.kind === "leave") this.#leave();
    else this.#flows.get(order.call)?.receive(order);
  }

  #stop(slot: number, reason: unknown): void {
    const call = this.#calls.at(slot);
    // The slot may have another call by now: one that was never asked to stop.
    if (call !== undefined && this.asked(call)) call.stop(reason);
  }

  /** Lets the parent know that all replies up to here have been posted. */
  #sync(): void {
    this.#replies.flush();
    this.#port.postMessage({ kind: "synced" } satisfies FromWorker);
  }

  /** Ends the thread when what it was told to do is done: nothing is in the ring then. */
  #leave(): void {
    this.#leaving = true;
    this.#printer.release();
    this.#replies.flush();
    this.#port.close();
    process.exit(0);
  }

  #run(): void {
    const ring = this.#ring;
    const { header } = ring;
    for (;;) {
      Atomics.store(header, Word.Phase, WorkerPhase.Working);
      if (!this.#drainRing()) return;
      this.#replies.flush();
      // The next end of a call goes on here.
      if (!this.#calls.room) return;
      // What calls wait for comes through the event loop, so it is not kept from it.
      if (this.#calls.waiting === 0) {
        if (this.#pacing.shouldYield()) {
          setImmediate(this.#runAgain);
          return;
        }
        if (this.#pacing.spin(this.#taken) || this.#pacing.park(this.#taken)) continue;
      }
      Atomics.store(header, Word.Phase, WorkerPhase.InLoop);
      // Work that came between the last look and the store above would find nobody to wake.
      const missed =
        this.#taken !== Atomics.load(header, Word.Submitted) &&
        Atomics.compareExchange(header, Word.Phase, WorkerPhase.InLoop, WorkerPhase.Working) ===
          WorkerPhase.InLoop;
      if (missed) continue;
      this.#pacing.yielded();
      return;
    }
  }

  /** Runs what is in the ring, as far as there is room; false when the event loop is due, which calls `#run()` again. */
  #drainRing(): boolean {
    const ring = this.#ring;
    const sampler = this.#pacing.sampler(this.#times);
    for (;;) {
      const left = (Atomics.load(ring.header, Word.Submitted) - this.#taken) | 0;
      if (left === 0 || !this.#calls.room) break;
      const slot = ring.submissions[this.#taken & MASK] ?? 0;
      const task = ring.task[slot] ?? 0;
      this.#completions.tellBefore(task, left);
      if (sampler.tick(task)) {
        if (this.#replies.waiting && sampler.flushDue()) this.#replies.flush();
        if (this.#pacing.shouldYield()) {
          this.#replies.flush();
          this.#completions.tell();
          setImmediate(this.#runAgain);
          return false;
        }
      }
      this.#taken = (this.#taken + 1) | 0;
      Atomics.store(ring.header, Word.Taken, this.#taken);
      if (this.#runSlot(slot)) sampler.ran();
      else sampler.discard();
    }
    this.#completions.tell();
    sampler.end();
    return true;
  }

  /** Runs the call in a slot; true when its end has been reached and so the time it took can be told. */
  #runSlot(slot: number): boolean {
    const ring = this.#ring;
    const cargo = ring.cargo[slot] ?? Cargo.Nothing;
    // Arguments lie in the order of the ring, so they are taken even for a call that was taken back.
    const message = cargo >= Cargo.Message ? this.#inbox.next() : undefined;
    if (((ring.abort[slot] ?? 0) & AbortFlag.Timed) !== 0) ring.begunAt[slot] = monotonicMs();
    const won =
      Atomics.compareExchange(ring.state, slot, SlotState.Waiting, SlotState.Running) ===
      SlotState.Waiting;
    if (!won) {
      this.#complete(slot);
      return true;
    }
    const task = ring.task[slot] ?? 0;
    let fn = this.#tasks.loaded(task);
    if (fn === undefined && !this.#tasks.knows(task)) {
      this.drainMessages();
      fn = this.#tasks.loaded(task);
    }
    const named = cargo === Cargo.Named ? (message as [string, unknown[]]) : undefined;
    const flow = cargo === Cargo.Flow ? (message as FlowArguments) : undefined;
    const name = named?.[0] ?? flow?.name ?? this.#tasks.name(task);
    const call = new RunningCall(this, slot, name);
    if (flow !== undefined) this.#openFlows(call, flow);
    this.#calls.begin(call);
    const args = named === undefined ? (message as unknown[]) : named[1];
    if (fn === undefined) {
      this.#await(
        call,
        task,
        this.#tasks.load(task).then((loaded) => this.#enter(call, loaded, cargo, args)),
      );
      return false;
    }
    let value: unknown;
    try {
      value = this.#enter(call, fn, cargo, args);
      if (isThenable(value)) {
        this.#await(call, task, value);
        return false;
      }
    } catch (error) {
      this.#fail(call, error);
      return true;
    }
    this.#succeed(call, cargo, value);
    return !isChunk(cargo);
  }

  #enter(call: RunningCall, fn: Callable, cargo: number, args: unknown[]): unknown {
    if (!this.#calls.several) return this.#call(call, fn, cargo, args);
    return this.#calls.enter(call, () => this.#call(call, fn, cargo, args));
  }

  #call(call: RunningCall, fn: Callable, cargo: number, args: unknown[]): unknown {
    switch (cargo) {
      case Cargo.Nothing:
        return fn();
      case Cargo.Chunk:
      case Cargo.FlatChunk:
        return runChunk(call, fn, chunkOf(cargo, args), (us) => {
          this.#times.record(this.#ring.task[call.slot] ?? 0, us);
        });
      case Cargo.Flow:
        return this.#flows.get(call.flow ?? -1)?.run(call, fn);
      case Cargo.Message:
      case Cargo.Named:
        return fn(...args);
      default:
        return fn(takeCargo(this.#ring.argument, call.slot, cargo));
    }
  }

  #openFlows(call: RunningCall, message: FlowArguments): void {
    call.flow = message.call;
    this.#flows.set(message.call, new TaskFlows(message, this.#replies.outletOf(call)));
  }

  #await(call: RunningCall, task: number, promise: PromiseLike<unknown>): void {
    this.#calls.waiting += 1;
    const begun = monotonicMs();
    const cargo = this.#ring.cargo[call.slot] ?? Cargo.Nothing;
    const resume = (settle: () => void): void => {
      this.#calls.waiting -= 1;
      this.#times.record(task, (monotonicMs() - begun) * 1e3);
      settle();
      this.#pacing.yielded();
      if (!this.#leaving) this.#run();
    };
    // By way of a promise, as await does it: a thenable is followed to its end, and heard only once.
    Promise.resolve(promise).then(
      (value) => {
        resume(() => {
          this.#succeed(call, cargo, value);
        });
      },
      (error: unknown) => {
        resume(() => {
          this.#fail(call, error);
        });
      },
    );
  }

  #succeed(call: RunningCall, cargo: number, value: unknown): void {
    this.#endCall(call);
    const { slot } = call;
    const ring = this.#ring;
    if (isChunk(cargo)) {
      const outcome = value as ChunkOutcome;
      const moves = movesOf(outcome.values);
      const sent: SentOutcome = { ...outcome, values: pack(outcome.values) };
      if (moves === undefined) this.#replies.add(slot, ReplyStatus.Chunk, sent);
      else this.#replies.addWithTransfer(slot, ReplyStatus.Chunk, sent, moves);
      return;
    }
    const inSlot = call.reported ? Cargo.Message : cargoOf(value);
    const transfer = moveOf(value);
    if (transfer !== undefined) {
      this.#replies.addWithTransfer(slot, ReplyStatus.Value, value, transfer);
      return;
    }
    if (inSlot === Cargo.Message) {
      this.#replies.add(slot, ReplyStatus.Value, value);
      return;
    }
    putCargo(ring.result, slot, inSlot, value);
    ring.resultCargo[slot] = inSlot;
    this.#complete(slot);
  }

  #fail(call: RunningCall, error: unknown): void {
    const status = call.isAnswer(error) ? ReplyStatus.Stopped : ReplyStatus.Thrown;
    this.#endCall(call);
    this.#replies.add(call.slot, status, encodeThrown(error));
  }

  #endCall(call: RunningCall): void {
    this.#calls.end(call);
    if (call.flow !== undefined) this.#flows.delete(call.flow);
    Atomics.store(this.#ring.state, call.slot, SlotState.Done);
  }

  #complete(slot: number): void {
    this.#completions.add(slot);
    if (this.#calls.several) this.#completions.tell();
  }
}

function isChunk(cargo: number): boolean {
  return cargo === Cargo.Chunk || cargo === Cargo.FlatChunk;
}

function chunkOf(cargo: number, args: unknown): Chunk {
  return cargo === Cargo.FlatChunk
    ? { each: args as ArrayLike<unknown> }
    : { lists: args as readonly (readonly unknown[] | undefined)[] };
}
