import type { Socket } from "node:net";
import { decodeThrown } from "../../codec/decode-error.js";
import { encodeThrown } from "../../codec/encode-error.js";
import { isThenable } from "../../internal/kinds.js";
import { readDirectly } from "../shared/direct-read.js";
import { FrameReader, type FrameListener } from "../shared/frame-reader.js";
import { ReplyStatus, type ChunkOutcome, type FlowArguments } from "../shared/messages.js";
import { decodePayload } from "../shared/payload.js";
import { PROCESS_VIGIL_US, Vigil } from "../shared/vigil.js";
import {
  CallFlag,
  FLAGS,
  ProcessReply,
  type FromChild,
  type ChildBirth,
  type ToChild,
} from "../shared/process-messages.js";
import { monotonicMs } from "../shared/ring.js";
import { RUN_TIME_BYTES, RunTimes } from "../shared/run-times.js";
import { sendItems } from "../shared/send-items.js";
import { runChunk, type Chunk } from "./chunk.js";
import type { ChildReplies } from "./child-replies.js";
import { Sampler } from "./pacing.js";
import { RunningCall, RunningCalls, type CallEnvironment } from "./running-call.js";
import { TaskFlows } from "./task-flows.js";
import { TaskTable, type Callable } from "./task-table.js";

/** The event loop gets a turn after so many milliseconds of work. */
const YIELD_MS = 4;
/** The parent is told of calls that take longer than this, in microseconds, that they have begun. */
const LONG_US = 500;
/** A worker measures each of its first stretches of work, and then one in so many. */
const MEASURED_STRETCHES = 16;

/** A call that has come and not begun. Its arguments are values, or bytes that may turn out to be unreadable. */
interface Arrival {
  readonly slot: number;
  readonly code: number;
  readonly value: unknown;
  readonly isPayload: boolean;
  /** Whether the parent was told that it begins. */
  told: boolean;
  /** Why it shall not begin any more. */
  stopped: { reason: unknown } | undefined;
}

/** Runs calls as they come in frames: one after the other, or so many beside each other while they wait. */
export class ChildLoop implements CallEnvironment, FrameListener {
  readonly workerId: number;
  readonly #replies: ChildReplies;
  readonly #reader = new FrameReader(this);
  readonly #tasks = new TaskTable();
  readonly #calls: RunningCalls;
  readonly #flows = new Map<number, TaskFlows>();
  /** What is known in this process; the parent is told of each measure. */
  readonly #times = new RunTimes(new SharedArrayBuffer(RUN_TIME_BYTES));
  readonly #recorder = {
    record: (task: number, us: number): void => {
      this.#times.record(task, us);
      this.#replies.runTime(task, us);
    },
  };
  /** The next call comes by the event loop: it only has to turn. */
  readonly #vigil = new Vigil(PROCESS_VIGIL_US, { waits: () => true });
  #arrivals: Arrival[] = [];
  #head = 0;
  #started = false;
  #scheduled = false;
  #stretches = 0;
  #slow = true;
  #yieldedAt = performance.now();

  constructor(birth: ChildBirth, replies: ChildReplies) {
    this.workerId = birth.workerId;
    this.#replies = replies;
    this.#calls = new RunningCalls(birth.concurrency);
    this.#calls.install();
  }

  /** Takes bytes from the parent, and runs what is in them. */
  receive(chunk: Buffer, source?: Socket): void {
    this.#reader.feed(chunk);
    this.#vigil.came();
    if (source !== undefined) readDirectly(source, this.#reader);
    if (!this.#scheduled) {
      this.#yieldedAt = performance.now();
      this.#run();
    }
  }

  /** What was stuck has left: calls that waited for that can begin. */
  goOn(): void {
    if (this.#head < this.#arrivals.length && !this.#scheduled) this.#run();
  }

  /** Begins to run calls. */
  start(): void {
    this.#started = true;
    this.#run();
  }

  /** The name of the call that the code at hand is of. */
  get printing(): string | undefined {
    return this.#calls.current?.name;
  }

  triple(slot: number, code: number, value: unknown): void {
    this.#arrivals.push({ slot, code, value, isPayload: false, told: false, stopped: undefined });
  }

  payload(slot: number, code: number, payload: Buffer): void {
    this.#arrivals.push({
      slot,
      code,
      value: payload,
      isPayload: true,
      told: false,
      stopped: undefined,
    });
  }

  order(payload: Buffer): void {
    const order = decodePayload(payload) as ToChild;
    if (order.kind === "tasks") this.#tasks.add(order.from, order.tasks);
    else if (order.kind === "abort") this.#stop(order.slot, decodeThrown(order.reason));
    // What was finished is written by whoever hears of the exit.
    else if (order.kind === "leave") process.exit(0);
    else this.#flows.get(order.call)?.receive(order);
  }

  asked(): boolean {
    // Only a message could tell, and it is read by the event loop.
    return false;
  }

  report(call: RunningCall, progress: unknown): void {
    this.#replies.report(call.slot, progress);
  }

  drainMessages(): void {
    // See asked().
  }

  /** The last word: which calls were running. */
  lastWord(error: { thrown: unknown } | undefined): FromChild {
    return {
      kind: "exiting",
      running: this.#calls.slots,
      error: error && encodeThrown(error.thrown),
    };
  }

  readonly #runAgain = (): void => {
    this.#scheduled = false;
    this.#yieldedAt = performance.now();
    this.#run();
  };

  #stop(slot: number, reason: unknown): void {
    const call = this.#calls.at(slot);
    if (call !== undefined) {
      call.stop(reason);
      return;
    }
    for (let at = this.#head; at < this.#arrivals.length; at += 1) {
      const arrival = this.#arrivals[at];
      if (arrival?.slot === slot) arrival.stopped = { reason };
    }
  }

  #run(): void {
    if (!this.#started) return;
    const came = this.#arrivals.length - this.#head;
    if (came > 0) this.#drain();
    this.#replies.flush();
    // Where one call follows the other, the next is here soon; where several are under way, others want the core.
    if (came === 1 && this.#calls.waiting === 0) this.#vigil.begin();
    else this.#vigil.rest();
  }

  /** Runs what has come, up to the end, to a promise, or to the turn of the event loop. */
  #drain(): void {
    this.#stretches += 1;
    const measured = this.#slow || this.#stretches % MEASURED_STRETCHES === 0;
    const sampler = new Sampler(this.#recorder, measured, (slow) => {
      this.#slow = slow;
    });
    while (this.#calls.room && this.#head < this.#arrivals.length) {
      const arrival = this.#arrivals[this.#head];
      if (arrival === undefined) break;
      const task = Math.floor(arrival.code / FLAGS);
      if (sampler.tick(task)) {
        if (this.#replies.waiting && sampler.flushDue()) this.#replies.flush();
        if (performance.now() - this.#yieldedAt > YIELD_MS) {
          this.#scheduled = true;
          setImmediate(this.#runAgain);
          return;
        }
      }
      if (this.#calls.several && !this.#announce(arrival)) break;
      this.#take();
      if (this.#runCall(arrival, task)) sampler.ran();
      else sampler.discard();
    }
    sampler.end();
  }

  /**
   * Of calls beside each other the parent is told of each that begins, before it does: when one of them is the end of this
   * process, the others can run elsewhere. False while the word has not left.
   */
  #announce(arrival: Arrival): boolean {
    if (!arrival.told) this.#tellBegun(arrival);
    return !this.#replies.stuck;
  }

  #tellBegun(arrival: Arrival): void {
    arrival.told = true;
    this.#replies.begun(arrival.slot, monotonicMs());
  }

  #take(): void {
    this.#head += 1;
    if (this.#head === this.#arrivals.length) {
      this.#arrivals = [];
      this.#head = 0;
    }
  }

  /** Runs one call; true when its end has been reached and so the time it took can be told. */
  #runCall(arrival: Arrival, task: number): boolean {
    const { slot, code, stopped } = arrival;
    if (stopped !== undefined) {
      this.#replies.thrown(slot, ProcessReply.Stopped, stopped.reason);
      return false;
    }
    let args: unknown = arrival.value;
    let name = this.#tasks.name(task);
    const isTimed = (code & CallFlag.Timed) !== 0;
    const us = this.#times.of(task);
    if (!arrival.told && (isTimed || us === 0 || us > LONG_US)) this.#tellBegun(arrival);
    if (arrival.isPayload) {
      try {
        args = decodePayload(arrival.value as Buffer);
      } catch (error) {
        this.#replies.thrown(slot, ProcessReply.Unreadable, error);
        return false;
      }
    }
    if ((code & CallFlag.Named) !== 0) [name, args] = args as [string, unknown[]];
    const flow = (code & CallFlag.Flow) !== 0 ? (args as FlowArguments) : undefined;
    const call = new RunningCall(this, slot, flow?.name ?? name);
    if (flow !== undefined) this.#openFlows(call, flow);
    this.#calls.begin(call);
    const enter = (fn: Callable): unknown => {
      if (!this.#calls.several) return this.#call(call, fn, code, args);
      return this.#calls.enter(call, () => this.#call(call, fn, code, args));
    };
    const isChunk = (code & CallFlag.Chunk) !== 0;
    const fn = this.#tasks.loaded(task);
    if (fn === undefined) {
      this.#await(call, task, isChunk, this.#tasks.load(task).then(enter));
      return false;
    }
    let value: unknown;
    try {
      value = enter(fn);
      if (isThenable(value)) {
        this.#await(call, task, isChunk, value);
        return false;
      }
    } catch (error) {
      this.#fail(call, error);
      return true;
    }
    this.#succeed(call, isChunk, value);
    return !isChunk;
  }

  #call(call: RunningCall, fn: Callable, code: number, args: unknown): unknown {
    if ((code & CallFlag.Flow) !== 0) return this.#flows.get(call.flow ?? -1)?.run(call, fn);
    const isFlat = (code & CallFlag.Flat) !== 0;
    if ((code & CallFlag.Chunk) === 0) return isFlat ? fn(args) : fn(...(args as unknown[]));
    const chunk: Chunk = isFlat
      ? { each: args as unknown[] }
      : { lists: args as (unknown[] | undefined)[] };
    return runChunk(call, fn, chunk, (us) => {
      this.#recorder.record(Math.floor(code / FLAGS), us);
    });
  }

  #openFlows(call: RunningCall, message: FlowArguments): void {
    const { slot } = call;
    call.flow = message.call;
    const replies = this.#replies;
    const flows = new TaskFlows(message, {
      items(items) {
        const post = (some: unknown[]): void => {
          replies.post(slot, ReplyStatus.Items, some);
        };
        sendItems(items, post, "result", "an item");
      },
      pull(source, total) {
        if (call.running()) replies.post(slot, ReplyStatus.Pull, [source, total]);
      },
      leave(source) {
        if (call.running()) replies.post(slot, ReplyStatus.Leave, source);
      },
    });
    this.#flows.set(message.call, flows);
  }

  #await(call: RunningCall, task: number, isChunk: boolean, promise: PromiseLike<unknown>): void {
    this.#calls.waiting += 1;
    const begun = performance.now();
    const resume = (settle: () => void): void => {
      this.#calls.waiting -= 1;
      this.#recorder.record(task, (performance.now() - begun) * 1e3);
      settle();
      this.#yieldedAt = performance.now();
      this.#run();
    };
    // By way of a promise, as await does it: a thenable is followed to its end, and heard only once.
    Promise.resolve(promise).then(
      (value) => {
        resume(() => {
          this.#succeed(call, isChunk, value);
        });
      },
      (error: unknown) => {
        resume(() => {
          this.#fail(call, error);
        });
      },
    );
  }

  /** The call ends once its value is on its way: a getter in it may end the process. */
  #succeed(call: RunningCall, isChunk: boolean, value: unknown): void {
    if (isChunk) this.#replies.chunk(call.slot, value as ChunkOutcome);
    else this.#replies.value(call.slot, value);
    this.#endCall(call);
  }

  #fail(call: RunningCall, error: unknown): void {
    const status = call.isAnswer(error) ? ProcessReply.Stopped : ProcessReply.Thrown;
    this.#replies.thrown(call.slot, status, error);
    this.#endCall(call);
  }

  #endCall(call: RunningCall): void {
    this.#calls.end(call);
    if (call.flow !== undefined) this.#flows.delete(call.flow);
  }
}
