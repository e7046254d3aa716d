import { decodeThrown } from "../../../codec/decode-error.js";
import { AbortFlag, Word, WorkerPhase, type Ring } from "../wire/ring.js";
import { RunTimes } from "../../shared/run-times.js";
import { Completions } from "./completions.js";
import { collectWhenIdle } from "./idle-gc.js";
import { ResultSender } from "./result-sender.js";
import { Pacing } from "./pacing.js";
import { ConsoleCapture } from "../../worker/console-capture.js";
import { Replies } from "./replies.js";
import { RunningCalls, type CallEnvironment, type RunningCall } from "../../worker/running-call.js";
import { SlotRunner } from "./slot-runner.js";
import { Atomics, exitProcess, setImmediate } from "../../../internal/platform.js";
import {
  WAKE,
  type ParentCommand,
  type ToWorker,
  type WorkerBirth,
} from "../wire/thread-messages.js";
import { Inbox } from "./inbox.js";
import type { ParentLine } from "./parent-line.js";
import { MASK, slotOf } from "../../shared/tickets.js";
import { isError } from "../../../internal/kinds.js";

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
  readonly #line: ParentLine;
  readonly #times: RunTimes;
  readonly #pacing: Pacing;
  readonly #calls: RunningCalls;
  readonly #inbox: Inbox;
  readonly #runner: SlotRunner;
  readonly #console = new ConsoleCapture((stream, text) => {
    const name = this.#calls.current?.name;
    this.#line.say({ kind: "printed", stream, text, name });
    Atomics.add(this.#ring.header, Word.Printed, 1);
  });
  #taken = 0;
  #leaving = false;

  constructor(birth: WorkerBirth, line: ParentLine) {
    this.workerId = birth.workerId;
    this.#ring = line.ring;
    this.#port = birth.port;
    this.#line = line;
    this.#replies = new Replies(line);
    this.#times = new RunTimes(birth.runTimes);
    this.#completions = new Completions(line, this.#times);
    this.#pacing = new Pacing(this.#ring, birth.spinUs);
    this.#calls = new RunningCalls(birth.concurrency, () => {
      this.#pacing.yielded();
      if (!this.#leaving) this.#run();
    });
    this.#calls.install();
    const { several } = this.#calls;
    this.#inbox = new Inbox(birth.port, (command) => {
      this.#obey(command);
    });
    this.#runner = new SlotRunner({
      ring: this.#ring,
      inbox: this.#inbox,
      calls: this.#calls,
      times: this.#times,
      replies: this.#replies,
      results: new ResultSender(this.#ring, this.#replies, this.#completions, several),
      environment: this,
    });
  }

  /** Begins to serve: from here on the parent's messages wake the loop. */
  start(): void {
    this.#port.on("message", (message: ToWorker) => {
      this.#inbox.receive(message);
      if (message === WAKE && !this.#leaving) this.#run();
    });
    // Arguments that this thread cannot read belong to a call that nobody can name any more; the next would get them.
    this.#port.on("messageerror", (error: Error) => {
      throw error;
    });
    // What was finished before the one that ends the thread still counts.
    process.once("exit", () => {
      this.#console.flush();
      this.#runner.flushStreams();
      this.#replies.flush();
    });
    collectWhenIdle(() => (this.#calls.waiting === 0 ? this.#taken : undefined));
    this.#run();
  }

  /** The flag is in shared memory, and set before any message: a loop sees it that never lets a message in. */
  asked(call: RunningCall): boolean {
    return (Atomics.load(this.#ring.abort, slotOf(call.slot)) & AbortFlag.Asked) !== 0;
  }

  report(call: RunningCall, progress: unknown): void {
    this.#replies.report(call.slot, progress);
  }

  drainMessages(): void {
    this.#inbox.drain();
  }

  /** One function for every setImmediate(). */
  readonly #runAgain = (): void => {
    if (!this.#leaving) this.#run();
  };

  #obey(command: ParentCommand): void {
    if (command.kind === "tasks") this.#runner.addTasks(command.from, command.tasks);
    else if (command.kind === "abort")
      this.#runner.stop(command.ticket, decodeThrown(command.reason));
    else if (command.kind === "sync") this.#sync();
    else if (command.kind === "leave") this.#leave();
    else this.#runner.passOn(command);
  }

  /** Lets the parent know that all replies up to here have been posted. */
  #sync(): void {
    this.#replies.flush();
    this.#line.say({ kind: "synced" });
  }

  /** Ends the thread when what it was told to do is done: nothing is in the ring then. */
  #leave(): void {
    this.#leaving = true;
    this.#console.release();
    this.#replies.flush();
    this.#port.close();
    exitProcess(0);
  }

  #run(): void {
    try {
      this.#runAll();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** What came from the parent cannot be true. Nothing runs any more, and the parent ends this thread. */
  #fail(error: unknown): void {
    this.#leaving = true;
    this.#replies.flush();
    const message = isError(error) ? error.message : "the loop of the worker failed";
    this.#line.say({ kind: "fault", message });
  }

  #runAll(): void {
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
        (this.#pacing.left(this.#taken) > 0 || this.#pacing.isOffered(this.#taken)) &&
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
      const left = this.#pacing.left(this.#taken);
      if (left === 0 || !this.#calls.room) break;
      const ticket = ring.submissions[this.#taken & MASK] ?? 0;
      const task = ring.task[slotOf(ticket)] ?? 0;
      this.#completions.tellBefore(task, left);
      if (sampler.tick(task)) {
        if (this.#replies.waiting && sampler.flushDue()) this.#replies.flush();
        if (this.#pacing.shouldYield()) {
          this.#replies.flush();
          this.#completions.tellBeforeTurn();
          setImmediate(this.#runAgain);
          return false;
        }
      }
      this.#taken = (this.#taken + 1) | 0;
      Atomics.store(ring.header, Word.Taken, this.#taken);
      if (this.#runner.run(ticket)) sampler.ran();
      else sampler.discard();
    }
    this.#completions.tell();
    sampler.end();
    return true;
  }
}
