import { startTimer } from "../../../internal/timer.js";
import { SCRATCH_BYTES, SCRATCH_KEPT_BYTES, SCRATCH_KEPT_MS } from "../../tuning.js";

/** Memory that was lent for a copy. What never comes back is collected like any other. */
const lent = new WeakSet<ArrayBufferLike>();
let kept: ArrayBufferLike[] = [];
let keptBytes = 0;
let stopTimer: (() => void) | undefined;

/**
 * Copies bytes that are to be written, into memory that was used for it before: memory that is new costs the system several
 * times what the copy does. Who has written them gives the memory back with `giveBack`.
 */
export function copyForWriting(bytes: Uint8Array): Buffer {
  if (bytes.length < SCRATCH_BYTES) return Buffer.from(bytes);
  const memory = take(bytes.length) ?? Buffer.allocUnsafeSlow(roundedUp(bytes.length)).buffer;
  lent.add(memory);
  const copy = Buffer.from(memory, 0, bytes.length);
  copy.set(bytes);
  return copy;
}

/** Takes the memory back of a copy by `copyForWriting`; of others nothing. */
export function giveBack({ buffer }: Buffer): void {
  if (!lent.delete(buffer) || keptBytes + buffer.byteLength > SCRATCH_KEPT_BYTES) return;
  kept.push(buffer);
  keptBytes += buffer.byteLength;
  stopTimer?.();
  stopTimer = startTimer(SCRATCH_KEPT_MS, forget, true);
}

/** The last one first: its pages are the most likely to be near. */
function take(bytes: number): ArrayBufferLike | undefined {
  const index = kept.findLastIndex(({ byteLength }) => byteLength >= bytes);
  if (index < 0) return undefined;
  const memory = kept.splice(index, 1)[0];
  keptBytes -= memory?.byteLength ?? 0;
  return memory;
}

/** To a power of two, so that lengths which differ a little find the same memory. Pages that are not used cost nothing. */
function roundedUp(bytes: number): number {
  return 2 ** Math.ceil(Math.log2(bytes));
}

function forget(): void {
  kept = [];
  keptBytes = 0;
}
