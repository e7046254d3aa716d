import { startTimer } from "../../internal/timer.js";

/** Shorter copies get a memory of their own: it costs little. */
const WORTH_BYTES = 65_536;
/** So much is kept while nothing needs it, and for so long. */
const MAX_KEPT_BYTES = 67_108_864;
const KEEP_MS = 1000;

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
  if (bytes.length < WORTH_BYTES) return Buffer.from(bytes);
  const memory = take(bytes.length) ?? Buffer.allocUnsafeSlow(roundedUp(bytes.length)).buffer;
  lent.add(memory);
  const copy = Buffer.from(memory, 0, bytes.length);
  copy.set(bytes);
  return copy;
}

/** Takes the memory back of a copy by `copyForWriting`; of others nothing. */
export function giveBack({ buffer }: Buffer): void {
  if (!lent.delete(buffer) || keptBytes + buffer.byteLength > MAX_KEPT_BYTES) return;
  kept.push(buffer);
  keptBytes += buffer.byteLength;
  stopTimer?.();
  stopTimer = startTimer(KEEP_MS, forget, true);
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
