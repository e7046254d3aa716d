import type { Socket } from "node:net";
import { decodeThrown } from "../../codec/decode-error.js";
import { encodeThrown } from "../../codec/encode-error.js";
import type { CallId } from "../shared/call-id.js";
import { readDirectly } from "../shared/direct-read.js";
import { FrameReader, type FrameListener } from "../shared/frame-reader.js";
import { decodePayload } from "../shared/payload.js";
import {
  FLAGS,
  type ChildBirth,
  type FromChild,
  type ToChild,
} from "../shared/process-messages.js";
import { PROCESS_VIGIL_US, Vigil } from "../shared/vigil.js";
import { ArrivalRunner } from "./arrival-runner.js";
import { Arrivals } from "./arrivals.js";
import type { ChildReplies } from "./child-replies.js";
import type { Claims } from "./claims.js";
import { Sampler } from "./pacing.js";
import { RunningCalls, type CallEnvironment, type RunningCall } from "./running-call.js";
import { ToldTimes } from "./told-times.js";
import { exitProcess, monotonicMs, setImmediate } from "../../internal/platform.js";

/** The event loop gets a turn after so many milliseconds of work. */
const YIELD_MS = 4;
/** A worker measures each of its first stretches of work, and then one in so many. */
const MEASURED_STRETCHES = 16;

/** Runs calls as they come in frames: one after the other, or so many beside each other while they wait. */
export class ChildLoop implements CallEnvironment, FrameListener {
  readonly workerId: number;
  readonly #replies: ChildReplies;
  readonly #reader = new FrameReader(this);
  readonly #calls: RunningCalls;
  readonly #times: ToldTimes;
  readonly #runner: ArrivalRunner;
  readonly #arrivals = new Arrivals();
  readonly #claims: Claims;
  /** The next call comes by the event loop: it only has to turn. */
  readonly #vigil = new Vigil(PROCESS_VIGIL_US, { waits: () => true });
  #started = false;
  #scheduled = false;
  #stretches = 0;
  #slow = true;
  #yieldedAt = monotonicMs();

  constructor(birth: ChildBirth, replies: ChildReplies, claims: Claims) {
    this.workerId = birth.workerId;
    this.#claims = claims;
    this.#replies = replies;
    this.#calls = new RunningCalls(birth.concurrency, () => {
      this.#yieldedAt = monotonicMs();
      this.#run();
    });
    this.#calls.install();
    this.#times = new ToldTimes(replies);
    this.#runner = new ArrivalRunner({
      calls: this.#calls,
      times: this.#times,
      replies,
      environment: this,
    });
  }

  /** Takes bytes from the parent, and runs what is in them. */
  receive(chunk: Buffer, source?: Socket): void {
    try {
      this.#reader.feed(chunk);
      this.#vigil.came();
      if (source !== undefined) readDirectly(source, this.#reader);
    } catch (error) {
      // Whose calls are whose cannot be told any more. The parent ends this process.
      this.#reader.close();
      this.#arrivals.clear();
      this.#replies.say({ kind: "garbled", error: encodeThrown(error) });
      return;
    }
    if (!this.#scheduled) {
      this.#yieldedAt = monotonicMs();
      this.#run();
    }
  }

  /** What was stuck has left: calls that waited for that can begin. */
  goOn(): void {
    if (this.#arrivals.length > 0 && !this.#scheduled) this.#run();
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

  triple(id: CallId, code: number, value: unknown): void {
    this.#arrivals.add(id, code, value, false);
  }

  payload(id: CallId, code: number, payload: Buffer): void {
    this.#arrivals.add(id, code, payload, true);
  }

  order(payload: Buffer): void {
    const order = decodePayload(payload) as ToChild;
    if (order.kind === "tasks") this.#runner.addTasks(order.from, order.tasks);
    else if (order.kind === "abort") this.#stop(order.call, decodeThrown(order.reason));
    // What was finished is written by whoever hears of the exit.
    else if (order.kind === "leave") exitProcess(0);
    else this.#runner.hear(order);
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
    this.#yieldedAt = monotonicMs();
    this.#run();
  };

  #stop(id: CallId, reason: unknown): void {
    const call = this.#calls.at(id);
    if (call === undefined) this.#arrivals.stop(id, reason);
    else call.stop(reason);
  }

  #run(): void {
    if (!this.#started) return;
    const came = this.#arrivals.length;
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
    const sampler = new Sampler(this.#times, measured, (slow) => {
      this.#slow = slow;
    });
    while (this.#calls.room) {
      const arrival = this.#arrivals.first;
      if (arrival === undefined) break;
      const task = Math.floor(arrival.code / FLAGS);
      if (sampler.tick(task)) {
        if (this.#replies.waiting && sampler.flushDue()) this.#replies.flush();
        if (monotonicMs() - this.#yieldedAt > YIELD_MS) {
          this.#scheduled = true;
          setImmediate(this.#runAgain);
          return;
        }
      }
      // Whoever comes first: the parent may have taken it back.
      if (!arrival.claimed) {
        if (!this.#claims.claim(arrival.id)) {
          this.#arrivals.shift();
          this.#replies.skipped(arrival.id);
          continue;
        }
        arrival.claimed = true;
      }
      if (this.#calls.several) {
        // When one of the calls beside each other is the end of this process, those that had not begun can run elsewhere.
        this.#runner.announce(arrival);
        if (this.#replies.stuck) break;
      }
      this.#arrivals.shift();
      if (this.#runner.run(arrival, task)) sampler.ran();
      else sampler.discard();
    }
    sampler.end();
  }
}
