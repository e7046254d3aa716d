import { encodeThrown } from "../../../codec/encode-error.js";
import { moveOf, movesOf } from "../../../internal/moves.js";
import { SlotKind, slotKindOf, isChunk, putSlotValue } from "../wire/slot-value.js";
import { ReplyStatus, type ChunkOutcome } from "../../shared/messages.js";
import { pack, type SentOutcome } from "../wire/packed.js";
import type { Ring } from "../wire/ring.js";
import type { Completions } from "./completions.js";
import type { Replies } from "./replies.js";
import type { RunningCall } from "../../worker/running-call.js";
import { slotOf } from "../../shared/tickets.js";

/** Sends what became of a call to the parent: what fits into its slot by shared memory, all else by a message. */
export class ResultSender {
  readonly #ring: Ring;
  readonly #replies: Replies;
  readonly #completions: Completions;
  readonly #several: boolean;

  /** @param several - Whether calls run beside each other: then no result waits for those of others. */
  constructor(ring: Ring, replies: Replies, completions: Completions, several: boolean) {
    this.#ring = ring;
    this.#replies = replies;
    this.#completions = completions;
    this.#several = several;
  }

  succeeded(call: RunningCall, kind: number, value: unknown): void {
    // In a thread that is the ticket.
    const { slot: ticket } = call;
    if (isChunk(kind)) {
      this.#sendChunk(ticket, value as ChunkOutcome);
      return;
    }
    const inSlot = call.reported ? SlotKind.Message : slotKindOf(value);
    const transfer = moveOf(value);
    if (transfer !== undefined) {
      this.#replies.addAlone(ticket, ReplyStatus.Value, value, transfer);
    } else if (inSlot === SlotKind.Message) {
      this.#replies.addValue(ticket, value);
    } else {
      const slot = slotOf(ticket);
      putSlotValue(this.#ring.result, slot, inSlot, value);
      this.#ring.resultKind[slot] = inSlot;
      this.#complete(ticket);
    }
  }

  /** @param isAnswer - Whether the error is how the call obeyed a request to stop. */
  failed(ticket: number, isAnswer: boolean, error: unknown): void {
    const status = isAnswer ? ReplyStatus.Stopped : ReplyStatus.Thrown;
    this.#replies.add(ticket, status, encodeThrown(error));
  }

  /** The call in the slot was taken back: its place is free. */
  skipped(ticket: number): void {
    this.#complete(ticket);
  }

  #sendChunk(ticket: number, outcome: ChunkOutcome): void {
    const moves = movesOf(outcome.values);
    const sent: SentOutcome = { ...outcome, values: pack(outcome.values) };
    if (moves === undefined) this.#replies.add(ticket, ReplyStatus.Chunk, sent);
    else this.#replies.addAlone(ticket, ReplyStatus.Chunk, sent, moves);
  }

  #complete(ticket: number): void {
    this.#completions.add(ticket);
    if (this.#several) this.#completions.tell();
  }
}
