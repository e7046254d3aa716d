import type { Socket } from "node:net";
import { decodeThrown } from "../../../codec/decode-error.js";
import { encodeThrown } from "../../../codec/encode-error.js";
import type { CallId } from "../wire/call-id.js";
import { readDirectly } from "../wire/direct-read.js";
import { FrameReader, type FrameListener } from "../wire/frame-reader.js";
import { decodePayload } from "../wire/payload.js";
import { FLAGS, type ChildBirth, type FromChild, type ToChild } from "../wire/process-messages.js";
import { IdleSpin } from "../../shared/idle-spin.js";
import { ReceivedCallRunner } from "./received-call-runner.js";
import { ReceivedCalls } from "./received-calls.js";
import type { ChildReplies } from "./child-replies.js";
import type { Claims } from "./claims.js";
import { Sampler } from "../../worker/sampler.js";
import { RunningCalls, type CallEnvironment, type RunningCall } from "../../worker/running-call.js";
import { ReportedRunTimes } from "./reported-run-times.js";
import { exitProcess, monotonicMs, setImmediate } from "../../../internal/platform.js";
import { MEASURED_STRETCHES, PROCESS_SPIN_US, YIELD_MS } from "../../tuning.js";

/** Runs calls as they come in frames: one after the other, or so many beside each other while they wait. */
export class ChildLoop implements CallEnvironment, FrameListener {
  readonly workerId: number;
  readonly #replies: ChildReplies;
  readonly #reader = new FrameReader(this);
  readonly #calls: RunningCalls;
  readonly #times: ReportedRunTimes;
  readonly #runner: ReceivedCallRunner;
  readonly #received = new ReceivedCalls();
  readonly #claims: Claims;
  /** The next call comes by the event loop: it only has to turn. */
  readonly #spin = new IdleSpin(PROCESS_SPIN_US, { waits: () => true });
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
    this.#times = new ReportedRunTimes(replies);
    this.#runner = new ReceivedCallRunner({
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
      this.#spin.came();
      if (source !== undefined) readDirectly(source, this.#reader);
    } catch (error) {
      // Whose calls are whose cannot be told any more. The parent ends this process.
      this.#reader.close();
      this.#received.clear();
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
    if (this.#received.length > 0 && !this.#scheduled) this.#run();
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
    this.#received.add(id, code, value, false);
  }

  payload(id: CallId, code: number, payload: Buffer): void {
    this.#received.add(id, code, payload, true);
  }

  command(payload: Buffer): void {
    const command = decodePayload(payload) as ToChild;
    if (command.kind === "tasks") this.#runner.addTasks(command.from, command.tasks);
    else if (command.kind === "abort") this.#stop(command.call, decodeThrown(command.reason));
    // What was finished is written by whoever hears of the exit.
    else if (command.kind === "leave") exitProcess(0);
    else this.#runner.passOn(command);
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
    if (call === undefined) this.#received.stop(id, reason);
    else call.stop(reason);
  }

  #run(): void {
    if (!this.#started) return;
    const came = this.#received.length;
    if (came > 0) this.#drain();
    this.#replies.flush();
    // Where one call follows the other, the next is here soon; where several are under way, others want the core.
    if (came === 1 && this.#calls.waiting === 0) this.#spin.begin();
    else this.#spin.rest();
  }

  /** Runs what has come, up to the end, to a promise, or to the turn of the event loop. */
  #drain(): void {
    this.#stretches += 1;
    const measured = this.#slow || this.#stretches % MEASURED_STRETCHES === 0;
    const sampler = new Sampler(this.#times, measured, (slow) => {
      this.#slow = slow;
    });
    while (this.#calls.room) {
      const received = this.#received.first;
      if (received === undefined) break;
      const task = Math.floor(received.code / FLAGS);
      if (sampler.tick(task)) {
        if (this.#replies.waiting && sampler.flushDue()) this.#replies.flush();
        if (monotonicMs() - this.#yieldedAt > YIELD_MS) {
          this.#scheduled = true;
          setImmediate(this.#runAgain);
          return;
        }
      }
      // Whoever comes first: the parent may have taken it back.
      if (!received.claimed) {
        if (!this.#claims.claim(received.id)) {
          this.#received.shift();
          this.#replies.skipped(received.id);
          continue;
        }
        received.claimed = true;
      }
      if (this.#calls.several) {
        // When one of the calls beside each other is the end of this process, those that had not begun can run elsewhere.
        this.#runner.announce(received);
        if (this.#replies.stuck) break;
      }
      this.#received.shift();
      if (this.#runner.run(received, task)) sampler.ran();
      else sampler.discard();
    }
    sampler.end();
  }
}
