import { type SlotValues } from "./slot-value.js";
import { SLOTS } from "../../shared/tickets.js";
import { INLINE_BYTES } from "../../tuning.js";

/** Words of the header. One side writes each, the other reads; only the marked ones are written by both. */
export const Word = {
  /** Parent: how many slots it has ever submitted. The worker waits on this word. */
  Submitted: 0,
  /** Worker: how many of those it has taken from the ring. */
  Taken: 1,
  /** Worker: how many completions it has ever written. */
  Completed: 2,
  /** Worker: see WorkerPhase. Both: the parent takes it from InLoop to Working with the message that wakes it. */
  Phase: 3,
  /** Both: the worker has sent a wake-up that the parent has not answered, so none is due. */
  Kicked: 4,
  /** Parent: see ParentLook. */
  Look: 5,
  /** Worker: how many messages it has ever posted. */
  Posted: 6,
  /** Parent: 1 while the worker may spin for new work before it parks. */
  MaySpin: 7,
  /** Worker: how many messages with printed lines it has ever posted, each before what ends afterwards. */
  Printed: 8,
  /** Parent: it looks every other millisecond, so results need not be told of while there is more to do. */
  Watched: 9,
  /**
   * Parent: how many slots it has filled, those included that it publishes at the end of its turn. A worker with nothing to do
   * begins these when that does not come.
   */
  Offered: 10,
  /** Worker: 1 when it ends, and with which code. */
  Exits: 11,
  ExitCode: 12,
  /** Worker: how many messages about itself, or with printed lines, it has ever posted. */
  Said: 13,
} as const;
const HEADER_WORDS = 16;

/** What the worker does, and so how it is woken. */
export const WorkerPhase = {
  /** It will look at the ring again by itself. */
  Working: 0,
  /** It waits on Word.Submitted: Atomics.notify. */
  Parked: 1,
  /** It is in its event loop: a message. */
  InLoop: 2,
} as const;

/** How the parent finds what the worker has finished, and so whether it has to be woken. */
export const ParentLook = {
  /** By its event loop: a message. */
  InLoop: 0,
  /** By itself. */
  Looks: 1,
  /** It waits for the event count that it shares with all its workers. */
  Blocked: 2,
} as const;

/** Bits of a slot's `abort` word. */
export const AbortFlag = {
  /** Parent: the call is asked to stop. */
  Asked: 1,
  /** Parent: the worker must write down when the call begins, as its time is limited. */
  Timed: 2,
} as const;

/**
 * The memory that one worker shares with its parent, shaped like io_uring: a ring of submissions and a ring of
 * completions that hold tickets, and a table of slots.
 *
 * Plain writes to a slot are published by the atomic store of the ring's counter that follows them.
 */
export class Ring {
  readonly header: Int32Array;
  readonly submissions: Int32Array;
  readonly completions: Int32Array;
  /** See slot-states.ts. */
  readonly state: Int32Array;
  readonly task: Int32Array;
  readonly argumentKind: Int32Array;
  readonly resultKind: Int32Array;
  /** See AbortFlag. */
  readonly abort: Int32Array;
  /** Arguments that fit into their slots. */
  readonly argument: SlotValues;
  /** Values that do. They may lie where the arguments lay: a task was given a copy of those. */
  readonly result: SlotValues;
  /** When the call began, in milliseconds of `monotonicMs()`. */
  readonly begunAt: Float64Array;

  constructor(readonly memory: SharedArrayBuffer) {
    let offset = HEADER_WORDS * Int32Array.BYTES_PER_ELEMENT;
    this.header = new Int32Array(memory, 0, HEADER_WORDS);
    const words = (): Int32Array => {
      const array = new Int32Array(memory, offset, SLOTS);
      offset += array.byteLength;
      return array;
    };
    const doubles = (): Float64Array => {
      const array = new Float64Array(memory, offset, SLOTS);
      offset += array.byteLength;
      return array;
    };
    this.submissions = words();
    this.completions = words();
    this.state = words();
    this.task = words();
    this.argumentKind = words();
    this.resultKind = words();
    this.abort = words();
    const argumentNumbers = doubles();
    const resultNumbers = doubles();
    this.begunAt = doubles();
    const bytes = new Uint8Array(memory, offset);
    const units = new Uint16Array(memory, offset);
    this.argument = { numbers: argumentNumbers, bytes, units };
    this.result = { numbers: resultNumbers, bytes, units };
  }

  /** Makes the memory; the system gives those pages of it that are written to, and only when they are. */
  static create(): Ring {
    const bytes =
      HEADER_WORDS * Int32Array.BYTES_PER_ELEMENT +
      SLOTS *
        (7 * Int32Array.BYTES_PER_ELEMENT + 3 * Float64Array.BYTES_PER_ELEMENT + INLINE_BYTES);
    return new Ring(new SharedArrayBuffer(bytes));
  }
}
