import { viewBytes, type BinaryData } from "./binary-data.js";
import { shaJobWith, type ShaJob } from "./sha-job.js";

const BLOCK_BYTES = 64;

/** The first 32 bits of the fractional part of a root of each of the first primes, as FIPS 180-4 defines its constants. */
function fractions(count: number, root: (n: number) => number): Uint32Array {
  const words = new Uint32Array(count);
  for (let n = 2, found = 0; found < count; n += 1) {
    let divisor = 2;
    while (divisor * divisor <= n && n % divisor !== 0) divisor += 1;
    if (divisor * divisor <= n) continue;
    words[found] = (root(n) % 1) * 2 ** 32;
    found += 1;
  }
  return words;
}

const ROUND_CONSTANTS = fractions(64, Math.cbrt);
const INITIAL_STATE = fractions(8, Math.sqrt);

const rotate = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits));

/** Mixes one block of 64 bytes into the state. */
function compress(
  state: Uint32Array,
  schedule: Uint32Array,
  block: DataView,
  offset: number,
): void {
  const word = (index: number): number => schedule[index] ?? 0;
  for (let t = 0; t < 16; t += 1) schedule[t] = block.getUint32(offset + 4 * t);
  for (let t = 16; t < 64; t += 1) {
    const early = word(t - 15);
    const late = word(t - 2);
    const mixedEarly = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
    const mixedLate = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    schedule[t] = word(t - 16) + mixedEarly + word(t - 7) + mixedLate;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let t = 0; t < 64; t += 1) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & f) ^ (~e & g);
    const first = (h + sum1 + choice + (ROUND_CONSTANTS[t] ?? 0) + word(t)) | 0;
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + sum0 + majority) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((value, index) => {
    state[index] = (state[index] ?? 0) + value;
  });
}

/** What `sha256Hex` is in a browser; see there. */
export function sha256Hex(data: BinaryData): string {
  const bytes = viewBytes(data, "data");
  const state = INITIAL_STATE.slice();
  const schedule = new Uint32Array(64);
  const whole = bytes.length - (bytes.length % BLOCK_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < whole; at += BLOCK_BYTES) compress(state, schedule, view, at);

  // What is left, a one, zeros, and the length in bits: one block, or two when the length finds no room.
  const rest = bytes.length - whole;
  const tail = new Uint8Array(rest < BLOCK_BYTES - 8 ? BLOCK_BYTES : 2 * BLOCK_BYTES);
  tail.set(bytes.subarray(whole));
  tail[rest] = 0x80;
  const tailView = new DataView(tail.buffer);
  tailView.setBigUint64(tail.length - 8, 8n * BigInt(bytes.length));
  for (let at = 0; at < tail.length; at += BLOCK_BYTES) compress(state, schedule, tailView, at);
  return Array.from(state, (value) => value.toString(16).padStart(8, "0")).join("");
}

/** What `shaJob` is in a browser; see there. */
export const shaJob: ShaJob = shaJobWith(sha256Hex);
