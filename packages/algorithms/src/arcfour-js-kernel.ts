import { STATE_SIZE, type ArcfourKernel, type KeyStream } from "./arcfour-kernel.js";

// The masks keep every index in 0..255, so that "?? 0" is never taken and costs nothing once compiled.
class JsKeyStream implements KeyStream {
  readonly #state: Uint8Array;
  #x = 0;
  #y = 0;

  constructor(state: Uint8Array) {
    this.#state = state;
  }

  crypt(input: Uint8Array, output: Uint8Array): void {
    const state = this.#state;
    const length = input.length;
    let x = this.#x;
    let y = this.#y;
    for (let at = 0; at < length; at += 1) {
      x = (x + 1) & 255;
      const a = state[x] ?? 0;
      y = (y + a) & 255;
      const b = state[y] ?? 0;
      state[x] = b;
      state[y] = a;
      output[at] = (input[at] ?? 0) ^ (state[(a + b) & 255] ?? 0);
    }
    this.#x = x;
    this.#y = y;
  }

  end(): void {
    // The stream has its state for itself.
  }
}

/** The cipher in JavaScript, for where there is no WebAssembly: `--jitless`, or a page whose policy forbids it. */
export const jsKernel: ArcfourKernel = {
  begin(key, loops) {
    const state = new Uint8Array(STATE_SIZE);
    const filled = new Uint8Array(STATE_SIZE);
    for (let index = 0; index < STATE_SIZE; index += 1) {
      state[index] = index;
      filled[index] = key[index % key.length] ?? 0;
    }
    let y = 0;
    for (let loop = 0; loop < loops; loop += 1) {
      for (let x = 0; x < STATE_SIZE; x += 1) {
        const a = state[x] ?? 0;
        y = (y + a + (filled[x] ?? 0)) & 255;
        state[x] = state[y] ?? 0;
        state[y] = a;
      }
    }
    return new JsKeyStream(state);
  },
};
