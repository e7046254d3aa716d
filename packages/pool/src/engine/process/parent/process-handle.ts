import type { Socket } from "node:net";
import { decodeThrown } from "../../../codec/decode-error.js";
import { encodeThrown } from "../../../codec/encode-error.js";
import { isLong } from "../../scheduling/send-ahead.js";
import {
  WorkerHandle,
  type WorkerEnd,
  type WorkerListener,
  type AbandonedCalls,
} from "../../workers/worker-handle.js";
import { slotOf, type CallId } from "../wire/call-id.js";
import { WireFault } from "../../shared/wire-fault.js";
import type { StreamCommand, TaskEntry } from "../../shared/messages.js";
import type { FromChild } from "../wire/process-messages.js";
import type { RunTimes } from "../../shared/run-times.js";
import { Slots } from "../../workers/slots.js";
import type { WorkerCall } from "../../calls/worker-call.js";
import { CallIds } from "./call-ids.js";
import type { Channel, ChannelListener } from "./channel.js";
import type { SpawnedChild } from "./child-spawner.js";
import { ChildExit } from "./child-exit.js";
import { ChildInbox } from "./inbox.js";
import { ChildOutbox, type Refusal } from "./outbox.js";
import { Recalls } from "./recalls.js";
import { printedRefusal } from "../../../internal/permission.js";
import { queueMicrotask } from "../../../internal/platform.js";
import { SLOTS } from "../../shared/tickets.js";

/** Who looks after all processes of an executor. */
export interface ProcessHost {
  /** Something has come from a process. */
  heard(): void;
  /** A process is gone. */
  gone(worker: ProcessHandle): void;
}

/**
 * The parent's end of one child process: frames over a channel.
 *
 * What was sent may have begun: only the child can say, and to ask takes longer than most calls. So little is sent ahead,
 * nothing behind a call that may take long, and until the child is up nothing is. The child tells of a call that is likely to
 * take long that it has begun, and when it exits by itself which call it ran.
 *
 * It is long and one thing, as the handle of a thread is: all that reads or moves its slots stands here.
 */
export class ProcessHandle extends WorkerHandle implements ChannelListener {
  readonly #child: SpawnedChild;
  readonly #tellsOfEach: boolean;
  readonly #times: RunTimes;
  readonly #listener: WorkerListener;
  readonly #host: ProcessHost;
  readonly #slots = new Slots();
  readonly #ids = new CallIds();
  readonly #outbox: ChildOutbox;
  readonly #inbox: ChildInbox;
  readonly #recalls: Recalls;
  readonly #exit: ChildExit;
  /** Calls that were taken back, and that the child has still to skip. */
  readonly #toSkip = new Set<CallId>();
  /** Which slots hold calls that are long, or of unknown length; and how many do. */
  readonly #isLong = new Uint8Array(SLOTS);
  #longs = 0;
  /** Grows whenever the child is seen to get on. */
  #steps = 0;
  #kept = false;
  #holds = false;
  /** What still comes is for calls that were given up. */
  #gaveUp = false;

  /** @param tellsOfEach - Whether the child tells of each call before it begins. */
  constructor(
    workerId: number,
    child: SpawnedChild,
    times: RunTimes,
    tellsOfEach: boolean,
    listener: WorkerListener,
    host: ProcessHost,
  ) {
    super(workerId);
    this.#tellsOfEach = tellsOfEach;
    this.#times = times;
    this.#child = child;
    this.#listener = listener;
    this.#host = host;
    this.#outbox = new ChildOutbox(this.#ids, (refusals) => {
      this.#refuse(refusals);
    });
    this.#inbox = new ChildInbox(times, {
      about: (id) => this.#about(id),
      ended: (call) => {
        this.#release(call);
      },
      skipped: (id) => {
        this.#skipped(id);
      },
      said: (word) => {
        this.#hear(word);
      },
    });
    this.#recalls = new Recalls({
      takenBack: (ids) => {
        this.#returnCalls(ids);
      },
      garbled: (error) => {
        this.#fail(error);
      },
    });
    this.#exit = new ChildExit(child, (end) => {
      host.gone(this);
      const error = this.isReady ? end.error : (end.error ?? bootError(end, child));
      const isUnexplained = !this.isStarted && end.error === undefined && !child.keepsStderr;
      listener.ended(this, { ...end, error, isUnexplained });
    });
  }

  /** The child has come. */
  connect(channel: Channel): void {
    this.#exit.connected();
    this.#outbox.connect(channel);
  }

  /** The thread of the child has come that is asked to take calls back. */
  recallBy(socket: Socket): void {
    this.#recalls.connect(socket);
  }

  bytes(chunk: Buffer, source?: Socket): void {
    try {
      if (!this.#inbox.read(chunk, source)) return;
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#rest();
    this.#tellFreed();
  }

  cut(): void {
    this.#outbox.cut();
    this.#exit.cut();
  }

  hungUp(): void {
    this.#outbox.cut();
    this.#exit.hungUp();
  }

  override get room(): number {
    if (this.closed || this.#outbox.isCut) return 0;
    return this.isReady ? this.#slots.room : 1 - this.held;
  }

  override get begunCount(): number | undefined {
    return this.#recalls.isOpen ? this.#steps : undefined;
  }

  override get holdsLong(): boolean {
    return this.#longs > 0;
  }

  override get unseen(): number {
    if (!this.#tellsOfEach || !this.isReady) return this.#outbox.unsent;
    let unseen = 0;
    for (const call of this.#slots) if (!this.#isKnownToRun(call)) unseen += 1;
    return unseen;
  }

  override place(call: WorkerCall, tasks: readonly TaskEntry[]): void {
    const slot = this.#slots.take(call);
    this.#outbox.introduce(tasks);
    this.#inbox.reuse(slot);
    this.#isLong[slot] = isLong(this.#times.of(call.task), call.isChunk ? call.weight : undefined)
      ? 1
      : 0;
    this.#longs += this.#isLong[slot] ?? 0;
    this.admit(call, slot);
    this.#outbox.add(call);
  }

  override publish(): boolean {
    this.#hold();
    if (!this.isReady) return false;
    this.#outbox.publish();
    this.#rest();
    return true;
  }

  override takeBack(call: WorkerCall): boolean {
    if (!this.#outbox.takeBack(call)) return false;
    this.sent -= 1;
    this.#release(call);
    this.#rest();
    return true;
  }

  override takeBackNewest(most: number): WorkerCall[] {
    const taken = this.#outbox.newest(most).filter((call) => this.takeBack(call));
    if (taken.length < most) this.#recall(most - taken.length);
    return taken;
  }

  override hasBegun(call: WorkerCall): boolean {
    return !this.#outbox.isUnsent(call);
  }

  override begunAt(call: WorkerCall): number | undefined {
    return this.#inbox.begunAt(call.slot);
  }

  override askToStop(call: WorkerCall, reason: unknown): void {
    const id = this.#ids.of(call.slot);
    this.#outbox.command({ kind: "abort", call: id, reason: encodeThrown(reason) });
  }

  override tell(command: StreamCommand): void {
    this.#outbox.command(command);
  }

  override rests(resting: boolean): void {
    this.resting += resting ? 1 : -1;
    this.#hold();
  }

  override collectAll(): boolean {
    // What the event loop has not read yet is read by the event loop, and only there.
    try {
      this.#inbox.readRest();
    } catch (error) {
      this.#fail(error);
    }
    return false;
  }

  override collectLast(): void {
    // The end is told when all has been read.
  }

  override leave(): void {
    this.closed = true;
    this.#outbox.command({ kind: "leave" });
    this.#exit.toldToLeave();
  }

  override abandon(): AbandonedCalls {
    const abandon: AbandonedCalls = { begun: [], unsure: [], waiting: [] };
    this.#gaveUp = true;
    for (const call of this.calls()) {
      abandon[this.#fateOf(call)].push(call);
      this.#release(call);
    }
    this.#outbox.takeBackAll();
    this.#rest();
    return abandon;
  }

  override get tellsAtEnd(): boolean {
    return this.#tellsOfEach;
  }

  override forget(call: WorkerCall): void {
    this.#release(call);
  }

  override calls(): Iterable<WorkerCall> {
    return this.#slots;
  }

  override ref(): void {
    this.#kept = true;
    this.#hold();
  }

  override kill(): void {
    this.#exit.kill();
  }

  override terminate(graceMs: number): void {
    this.#exit.terminate(graceMs);
  }

  override dispose(): void {
    this.#exit.dispose();
    this.#inbox.close();
    this.#recalls.destroy();
    this.#outbox.destroy();
  }

  #fateOf(call: WorkerCall): keyof AbandonedCalls {
    if (this.#outbox.isUnsent(call)) return "waiting";
    const { running } = this.#exit;
    if (running !== undefined) {
      return running.includes(this.#ids.of(call.slot)) ? "begun" : "waiting";
    }
    if (this.#isKnownToRun(call)) return "begun";
    return this.#tellsOfEach && !this.#exit.hasFailed ? "waiting" : "unsure";
  }

  #isKnownToRun({ slot }: WorkerCall): boolean {
    return this.#inbox.begunAt(slot) !== undefined || this.#recalls.hasBegun(this.#ids.of(slot));
  }

  /** What a reply is about; a reply to a call that is not there means that one side has lost its place. */
  #about(id: CallId): WorkerCall | undefined {
    this.#steps += 1;
    const call = this.#ids.isLast(id) ? this.#slots.at(slotOf(id)) : undefined;
    if (call !== undefined && (this.#outbox.unsent === 0 || !this.#outbox.isUnsent(call)))
      return call;
    if (this.#gaveUp || this.closed) return undefined;
    throw new WireFault("a reply came to a call that is not there");
  }

  /** Asks for calls back that were sent, the newest first, and are not known to run. The answer comes later. */
  #recall(most: number): void {
    if (!this.#recalls.isOpen || this.closed) return;
    const asked: WorkerCall[] = [];
    for (const call of this.#slots) {
      const id = this.#ids.of(call.slot);
      if (call.pinned || call.bound || this.#outbox.isUnsent(call)) continue;
      if (!this.#isKnownToRun(call) && !this.#recalls.isAsked(id)) asked.push(call);
    }
    asked.sort((a, b) => a.priority - b.priority || b.sequence - a.sequence);
    this.#recalls.ask(asked.slice(0, most).map(({ slot }) => this.#ids.of(slot)));
  }

  /** These calls will not begin at the child, which has still to skip them. */
  #returnCalls(ids: readonly CallId[]): void {
    const calls: WorkerCall[] = [];
    for (const id of ids) {
      const call = this.#ids.isLast(id) ? this.#slots.at(slotOf(id)) : undefined;
      // The child may have said that it has skipped it, or have been given up.
      if (call === undefined) continue;
      this.#toSkip.add(id);
      this.#slots.forget(call.slot);
      this.sent -= 1;
      this.#dismiss(call);
      calls.push(call);
    }
    if (calls.length === 0) return;
    this.#rest();
    this.#listener.returned(this, calls);
  }

  /** The child has come to a call that was taken back, perhaps before its answer came. */
  #skipped(id: CallId): void {
    this.#steps += 1;
    if (!this.#toSkip.has(id) && this.#recalls.isAsked(id)) this.#returnCalls([id]);
    if (this.#toSkip.delete(id)) {
      this.#slots.release(slotOf(id));
      this.held -= 1;
    } else if (!this.#gaveUp) {
      throw new WireFault("a call was skipped that nobody had taken back");
    }
  }

  /** What the child writes cannot be trusted any more. */
  #fail(error: unknown): void {
    this.faulty = true;
    this.#inbox.close();
    this.#outbox.cut();
    this.#exit.failed(error);
  }

  /** The arguments of calls cannot be sent. */
  #refuse(refusals: readonly Refusal[]): void {
    for (const [call] of refusals) {
      this.sent -= 1;
      this.#release(call);
    }
    // Whoever waits for them may do anything, so not in the middle of a hand-out; and no reply will tell that there is room.
    queueMicrotask(() => {
      for (const [call, error] of refusals) call.failed(error);
      if (!this.closed) this.#tellFreed();
    });
  }

  #hear(word: FromChild): void {
    switch (word.kind) {
      case "started":
        this.isStarted = true;
        this.#listener.started(this);
        return;
      case "ready":
        this.isReady = true;
        this.#listener.ready(this);
        this.publish();
        return;
      case "printed":
        this.#listener.printed(this, word);
        return;
      case "initializer failed":
        this.#listener.initializerFailed(this, decodeThrown(word.error));
        return;
      case "exiting":
        this.#exit.saidLast(word.running, word.error && decodeThrown(word.error));
        return;
      case "garbled":
        throw decodeThrown(word.error);
      default:
        throw new WireFault("a word came that is unknown");
    }
  }

  #tellFreed(): void {
    this.#host.heard();
    this.#listener.freed(this);
  }

  /** Frees the slot of a call. */
  #release(call: WorkerCall): void {
    this.#slots.release(call.slot);
    this.held -= 1;
    this.#dismiss(call);
  }

  #dismiss(call: WorkerCall): void {
    this.#longs -= this.#isLong[call.slot] ?? 0;
    this.dismiss(call);
    call.slot = -1;
  }

  #rest(): void {
    if (this.held === 0) this.risky = false;
    this.#hold();
  }

  /** Keeps the program alive while somebody waits for a call. */
  #hold(): void {
    const wanted = this.#kept || this.live > this.resting;
    if (wanted === this.#holds) return;
    this.#holds = wanted;
    if (wanted) this.#child.process.ref();
    else this.#child.process.unref();
  }
}

/** Says how a process ended that was not up yet. */
function bootError({ exitCode, signal }: WorkerEnd, child: SpawnedChild): Error {
  const how = signal === undefined ? `exit code ${exitCode ?? "unknown"}` : `the signal ${signal}`;
  const stderr = child.stderr();
  const wrote = stderr === "" ? "" : `, and wrote to stderr:\n${stderr}`;
  const error = new Error(`the process ended with ${how} before it was up${wrote}`);
  return Object.assign(error, printedRefusal(stderr));
}
