import { jsKernel } from "./arcfour-js-kernel.js";
import { STATE_SIZE, type ArcfourKernel, type KeyStream } from "./arcfour-kernel.js";
import { createWasmKernel } from "./arcfour-wasm-kernel.js";
import { viewBytes, type BinaryData } from "./binary-data.js";

/** Options of the key schedule. */
export interface ArcfourKeyOptions {
  /** Rounds of mixing the state with the key, an integer from 1 to 2³¹ − 1. 20 as CipherSaber-2 advises (default); 1 is RC4. */
  loops?: number | undefined;
}

/** Where the result goes. */
export interface ArcfourOutputOptions {
  /** Whether the result overwrites `data` instead of going to new memory. Default: false. */
  inPlace?: boolean | undefined;
}

/** Options of {@link arcfour}. */
export interface ArcfourOptions extends ArcfourKeyOptions, ArcfourOutputOptions {}

// On the first use, so that importing the package compiles nothing.
let chosen: ArcfourKernel | undefined;

function beginStream(key: BinaryData, loops: number): KeyStream {
  const bytes = viewBytes(key, "key");
  if (bytes.length === 0 || bytes.length > STATE_SIZE) {
    throw new RangeError(`key must have 1 to ${STATE_SIZE} bytes, not ${bytes.length}`);
  }
  if (!Number.isInteger(loops) || loops < 1 || loops > 0x7fff_ffff) {
    throw new RangeError(`loops must be an integer from 1 to 2147483647, not ${loops}`);
  }
  chosen ??= createWasmKernel() ?? jsKernel;
  return chosen.begin(bytes, loops);
}

/**
 * Encrypts or decrypts `data` with Arcfour, the cipher compatible with RC4: encrypting twice gives back the data.
 *
 * RC4 is broken as a cipher. This is a workload and a way to read old files, nothing to keep a secret with.
 * Counterpart of the program `arcfour.py` of _Fluent Python_; the key schedule with many loops is that of CipherSaber-2.
 *
 * @param key - 1 to 256 bytes.
 * @param data - The bytes; they stay as they are unless `inPlace` is set.
 * @returns New bytes, or with `inPlace` a view of the memory of `data`.
 * @throws {RangeError} For a key that is empty or longer than 256 bytes, and for `loops` that is no integer from 1.
 * @throws {TypeError} For a key or data that is not binary.
 * @example
 * const bytes = new TextEncoder().encode("Plaintext");
 * Buffer.from(arcfour(Buffer.from("Key"), bytes, { loops: 1 })).toString("hex"); // => "bbf316e8d940af0ad3"
 */
export function arcfour(
  key: BinaryData,
  data: BinaryData,
  { loops = 20, inPlace = false }: ArcfourOptions = {},
): Uint8Array {
  const input = viewBytes(data, "data");
  const stream = beginStream(key, loops);
  const output = inPlace ? input : new Uint8Array(input.length);
  stream.crypt(input, output);
  stream.end();
  return output;
}

/**
 * Encrypts or decrypts a stream piece by piece: the pieces together give what {@link arcfour} gives for the whole.
 *
 * @example
 * const cipher = new ArcfourCipher(Buffer.from("Key"), { loops: 1 });
 * const pieces = ["Plain", "text"].map((text) => cipher.update(Buffer.from(text)));
 * Buffer.concat(pieces).toString("hex"); // => "bbf316e8d940af0ad3"
 */
export class ArcfourCipher {
  readonly #stream: KeyStream;

  /**
   * @param key - 1 to 256 bytes.
   * @throws {RangeError} For a key that is empty or longer than 256 bytes, and for `loops` that is no integer from 1.
   * @throws {TypeError} For a key that is not binary.
   */
  constructor(key: BinaryData, { loops = 20 }: ArcfourKeyOptions = {}) {
    this.#stream = beginStream(key, loops);
  }

  /**
   * Encrypts or decrypts the next bytes of the stream.
   *
   * @returns New bytes, or with `inPlace` a view of the memory of `data`.
   * @throws {TypeError} For data that is not binary; the stream then stays where it is.
   */
  update(data: BinaryData, { inPlace = false }: ArcfourOutputOptions = {}): Uint8Array {
    const input = viewBytes(data, "data");
    const output = inPlace ? input : new Uint8Array(input.length);
    this.#stream.crypt(input, output);
    return output;
  }
}
