import { STATE_SIZE, type ArcfourKernel, type KeyStream } from "./arcfour-kernel.js";
import { ARCFOUR_WASM } from "./arcfour-wasm.js";

/** Where wasm/arcfour.wat keeps what, in bytes. */
const STATE_BYTES = 1032;
const KEY_OFFSET = 1048;
const DATA_OFFSET = 4096;
/** Data go through in pieces of this size: they stay in the first-level cache with the state. */
const CHUNK_BYTES = 16_384;

interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  schedule(loops: number): void;
  crypt(end: number): void;
}

/** The part of WebAssembly that is used here; Node's types leave it out, and some runtimes as well. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

function hasKernelExports(exports: object): exports is KernelExports {
  return "memory" in exports && "schedule" in exports && "crypt" in exports;
}

class WasmKernel implements ArcfourKernel {
  readonly #exports: KernelExports;
  readonly #state: Uint8Array;
  readonly #key: Int32Array;
  readonly #data: Uint8Array;
  /** The one stream whose state is in the memory of the module; the others hold copies of theirs. */
  #resident: WasmKeyStream | undefined;

  constructor(exports: KernelExports) {
    const { buffer } = exports.memory;
    this.#exports = exports;
    this.#state = new Uint8Array(buffer, 0, STATE_BYTES);
    this.#key = new Int32Array(buffer, KEY_OFFSET, STATE_SIZE);
    this.#data = new Uint8Array(buffer, DATA_OFFSET, CHUNK_BYTES);
  }

  begin(key: Uint8Array, loops: number): KeyStream {
    this.#keepResident();
    for (let index = 0, from = 0; index < STATE_SIZE; index += 1) {
      this.#key[index] = (key[from] ?? 0) << 2;
      from = from + 1 === key.length ? 0 : from + 1;
    }
    this.#exports.schedule(loops);
    this.#resident = new WasmKeyStream(this);
    return this.#resident;
  }

  crypt(stream: WasmKeyStream, input: Uint8Array, output: Uint8Array): void {
    if (this.#resident !== stream) {
      this.#keepResident();
      this.#state.set(stream.saved);
      this.#resident = stream;
    }
    for (let from = 0; from < input.length; from += CHUNK_BYTES) {
      const piece = input.length <= CHUNK_BYTES ? input : input.subarray(from, from + CHUNK_BYTES);
      this.#data.set(piece);
      this.#exports.crypt(DATA_OFFSET + piece.length);
      output.set(this.#data.subarray(0, piece.length), from);
    }
  }

  end(stream: WasmKeyStream): void {
    if (this.#resident === stream) this.#resident = undefined;
  }

  #keepResident(): void {
    if (this.#resident !== undefined) this.#resident.saved = this.#state.slice();
  }
}

class WasmKeyStream implements KeyStream {
  readonly #kernel: WasmKernel;
  /** The state, while another stream is in the memory of the module. */
  saved = new Uint8Array(0);

  constructor(kernel: WasmKernel) {
    this.#kernel = kernel;
  }

  crypt(input: Uint8Array, output: Uint8Array): void {
    this.#kernel.crypt(this, input, output);
  }

  end(): void {
    this.#kernel.end(this);
  }
}

/**
 * Instantiates the cipher in WebAssembly, at once: the module is small enough for that on the main thread of a page.
 *
 * @returns Nothing where WebAssembly is missing or forbidden.
 */
export function createWasmKernel(): ArcfourKernel | undefined {
  const { WebAssembly } = globalThis as { WebAssembly?: WebAssemblyApi };
  if (WebAssembly === undefined) return undefined;
  try {
    const bytes = Uint8Array.from(atob(ARCFOUR_WASM), (char) => char.charCodeAt(0));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    return hasKernelExports(exports) ? new WasmKernel(exports) : undefined;
  } catch {
    // A page whose policy forbids it throws here.
    return undefined;
  }
}
