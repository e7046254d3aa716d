import { monotonicMs } from "../internal/platform.js";

/** The first window: small, as nobody knows yet how large the items are. */
const FIRST = 16;
const SMALLEST = 4;
const LARGEST = 16_384;
/** A window should last about so long, whatever the items are: small ones fly by, and of large ones few are kept. */
const LASTS_MS = 4;

/**
 * Counts how far the sender of a stream may go ahead of its reader.
 *
 * Credit is told as a total of items since the beginning, so a message that comes late or twice does no harm:
 * `taken <= sent <= granted <= taken + size` holds at all times.
 */
export class CreditWindow {
  /** Items handed to the reader. */
  taken = 0;
  /** Items that the sender may have sent. */
  granted: number;
  /** How many items may be on their way or unread. */
  size: number;
  readonly #fixed: boolean;
  readonly #now: () => number;
  #since: number;
  #starved = false;

  /**
   * @param fixedSize - A window that stays as it is; otherwise it follows the pace of the reader.
   * @param now - A clock, in milliseconds.
   */
  constructor(fixedSize?: number, now: () => number = () => monotonicMs()) {
    this.#fixed = fixedSize !== undefined;
    this.#now = now;
    this.size = fixedSize ?? FIRST;
    this.granted = this.size;
    this.#since = now();
  }

  /** The reader has come and found nothing: a larger window may help. */
  starve(): void {
    this.#starved = true;
  }

  /** One item is handed to the reader; true when the sender is to be told of a new `granted`. */
  take(): boolean {
    this.taken += 1;
    if (this.granted - this.taken > this.size >> 1) return false;
    if (!this.#fixed) this.#adapt();
    const total = this.taken + this.size;
    // A window that has just shrunk takes back nothing that was granted.
    if (total <= this.granted) return false;
    this.granted = total;
    return true;
  }

  #adapt(): void {
    const now = this.#now();
    const lasted = now - this.#since;
    if (this.#starved && lasted < LASTS_MS / 2) this.size = Math.min(this.size * 2, LARGEST);
    else if (lasted > LASTS_MS * 8) this.size = Math.max(this.size >> 1, SMALLEST);
    this.#since = now;
    this.#starved = false;
  }
}
