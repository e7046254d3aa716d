import type { Socket } from "node:net";
import { decodeThrown } from "../../codec/decode-error.js";
import { encodeThrown } from "../../codec/encode-error.js";
import { isLong, Link, type LinkListener, type Surrender } from "../link.js";
import { slotOf, type CallId } from "../shared/call-id.js";
import { WireFault } from "../shared/wire-fault.js";
import type { FlowOrder, TaskEntry } from "../shared/messages.js";
import type { FromChild } from "../shared/process-messages.js";
import { SLOTS } from "../shared/ring.js";
import type { RunTimes } from "../shared/run-times.js";
import { Slots } from "../slots.js";
import type { WorkerCall } from "../worker-call.js";
import { CallIds } from "./call-ids.js";
import type { Channel, ChannelListener } from "./channel.js";
import type { SpawnedChild } from "./child-spawner.js";
import { Departure } from "./departure.js";
import { Mailbox } from "./mailbox.js";
import { Post, type Refusal } from "./post.js";
import { Recalls } from "./recalls.js";
import { queueMicrotask } from "../../internal/platform.js";

/**
 * The parent's end of one child process: frames over a channel.
 *
 * What was sent may have begun: only the child can say, and to ask takes longer than most calls. So little is sent ahead,
 * nothing behind a call that may take long, and until the child is up nothing is. The child tells of a call that is likely to
 * take long that it has begun, and when it exits by itself which call it ran.
 */
export class ProcessLink extends Link implements ChannelListener {
  readonly #child: SpawnedChild;
  readonly #tellsOfEach: boolean;
  readonly #times: RunTimes;
  readonly #listener: LinkListener;
  readonly #slots = new Slots();
  readonly #ids = new CallIds();
  readonly #post: Post;
  readonly #mailbox: Mailbox;
  readonly #recalls: Recalls;
  readonly #departure: Departure;
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
    listener: LinkListener,
  ) {
    super(workerId);
    this.#tellsOfEach = tellsOfEach;
    this.#times = times;
    this.#child = child;
    this.#listener = listener;
    this.#post = new Post(this.#ids, (refusals) => {
      this.#refuse(refusals);
    });
    this.#mailbox = new Mailbox(times, {
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
    this.#departure = new Departure(child, (end) => {
      listener.ended(this, end);
    });
  }

  /** The child has come. */
  connect(channel: Channel): void {
    this.#departure.connected();
    this.#post.connect(channel);
  }

  /** The thread of the child has come that is asked to take calls back. */
  recallBy(socket: Socket): void {
    this.#recalls.connect(socket);
  }

  bytes(chunk: Buffer, source?: Socket): void {
    try {
      if (!this.#mailbox.read(chunk, source)) return;
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#rest();
    this.#listener.freed(this);
  }

  cut(): void {
    this.#post.cut();
    this.#departure.cut();
  }

  hungUp(): void {
    this.#post.cut();
    this.#departure.hungUp();
  }

  override get room(): number {
    if (this.closed || this.#post.isCut) return 0;
    return this.isUp ? this.#slots.room : 1 - this.held;
  }

  override get begun(): number | undefined {
    return this.#recalls.isOpen ? this.#steps : undefined;
  }

  override get takesBackAtOnce(): boolean {
    return false;
  }

  override get holdsLong(): boolean {
    return this.#longs > 0;
  }

  override get unseen(): number {
    if (!this.#tellsOfEach || !this.isUp) return this.#post.unsent;
    let unseen = 0;
    for (const call of this.#slots) if (!this.#isKnownToRun(call)) unseen += 1;
    return unseen;
  }

  override place(call: WorkerCall, tasks: readonly TaskEntry[]): void {
    const slot = this.#slots.take(call);
    this.#post.introduce(tasks);
    this.#mailbox.reuse(slot);
    this.#isLong[slot] = isLong(call, this.#times) ? 1 : 0;
    this.#longs += this.#isLong[slot] ?? 0;
    this.admit(call, slot);
    this.#post.add(call);
  }

  override publish(): boolean {
    this.#hold();
    if (!this.isUp) return false;
    this.#post.publish();
    this.#rest();
    return true;
  }

  override takeBack(call: WorkerCall): boolean {
    if (!this.#post.takeBack(call)) return false;
    this.sent -= 1;
    this.#release(call);
    this.#rest();
    return true;
  }

  override takeBackNewest(most: number): WorkerCall[] {
    const taken = this.#post.newest(most).filter((call) => this.takeBack(call));
    if (taken.length < most) this.#recall(most - taken.length);
    return taken;
  }

  override hasBegun(call: WorkerCall): boolean {
    return !this.#post.isUnsent(call);
  }

  override begunAt(call: WorkerCall): number | undefined {
    return this.#mailbox.begunAt(call.slot);
  }

  override askToStop(call: WorkerCall, reason: unknown): void {
    const id = this.#ids.of(call.slot);
    this.#post.order({ kind: "abort", call: id, reason: encodeThrown(reason) });
  }

  override tell(order: FlowOrder): void {
    this.#post.order(order);
  }

  override rests(resting: boolean): void {
    this.resting += resting ? 1 : -1;
    this.#hold();
  }

  override collectAll(): boolean {
    // What the event loop has not read yet is read by the event loop, and only there.
    try {
      this.#mailbox.readRest();
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
    this.#post.order({ kind: "leave" });
    this.#departure.toldToLeave();
  }

  override surrender(): Surrender {
    const surrender: Surrender = { begun: [], unsure: [], waiting: [] };
    this.#gaveUp = true;
    for (const call of this.calls()) {
      surrender[this.#fateOf(call)].push(call);
      this.#release(call);
    }
    this.#post.takeBackAll();
    this.#rest();
    return surrender;
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
    this.#departure.kill();
  }

  override terminate(graceMs: number): void {
    this.#departure.terminate(graceMs);
  }

  override dispose(): void {
    this.#departure.dispose();
    this.#mailbox.close();
    this.#recalls.destroy();
    this.#post.destroy();
  }

  #fateOf(call: WorkerCall): keyof Surrender {
    if (this.#post.isUnsent(call)) return "waiting";
    const { running } = this.#departure;
    if (running !== undefined) {
      return running.includes(this.#ids.of(call.slot)) ? "begun" : "waiting";
    }
    if (this.#isKnownToRun(call)) return "begun";
    return this.#tellsOfEach && !this.#departure.hasFailed ? "waiting" : "unsure";
  }

  #isKnownToRun({ slot }: WorkerCall): boolean {
    return this.#mailbox.begunAt(slot) !== undefined || this.#recalls.hasBegun(this.#ids.of(slot));
  }

  /** What a reply is about; a reply to a call that is not there means that one side has lost its place. */
  #about(id: CallId): WorkerCall | undefined {
    this.#steps += 1;
    const call = this.#ids.isLast(id) ? this.#slots.at(slotOf(id)) : undefined;
    if (call !== undefined && (this.#post.unsent === 0 || !this.#post.isUnsent(call))) return call;
    if (this.#gaveUp || this.closed) return undefined;
    throw new WireFault("a reply came to a call that is not there");
  }

  /** Asks for calls back that were sent, the newest first, and are not known to run. The answer comes later. */
  #recall(most: number): void {
    if (!this.#recalls.isOpen || this.closed) return;
    const asked: WorkerCall[] = [];
    for (const call of this.#slots) {
      const id = this.#ids.of(call.slot);
      if (call.pinned || call.bound || this.#post.isUnsent(call)) continue;
      if (!this.#isKnownToRun(call) && !this.#recalls.isAsked(id)) asked.push(call);
    }
    asked.sort((a, b) => a.priority - b.priority || b.order - a.order);
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
    this.#mailbox.close();
    this.#post.cut();
    this.#departure.failed(error);
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
      if (!this.closed) this.#listener.freed(this);
    });
  }

  #hear(word: FromChild): void {
    switch (word.kind) {
      case "alive":
        this.isAlive = true;
        this.#listener.alive(this);
        return;
      case "up":
        this.isUp = true;
        this.#listener.up(this);
        this.publish();
        return;
      case "printed":
        this.#listener.printed(this, word);
        return;
      case "initializer failed":
        this.#listener.initializerFailed(this, decodeThrown(word.error));
        return;
      case "exiting":
        this.#departure.saidLast(word.running, word.error && decodeThrown(word.error));
        return;
      case "garbled":
        throw decodeThrown(word.error);
      default:
        throw new WireFault("a word came that is unknown");
    }
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
