/** The cipher as one writes it down in JavaScript: what the WebAssembly has to beat. */
export function plainArcfour(key, data, loops) {
  const state = new Uint8Array(256);
  const filled = new Uint8Array(256);
  for (let x = 0; x < 256; x += 1) {
    state[x] = x;
    filled[x] = key[x % key.length];
  }
  let y = 0;
  for (let loop = 0; loop < loops; loop += 1) {
    for (let x = 0; x < 256; x += 1) {
      const a = state[x];
      y = (y + a + filled[x]) & 255;
      state[x] = state[y];
      state[y] = a;
    }
  }
  const output = new Uint8Array(data.length);
  let x = 0;
  y = 0;
  for (let at = 0; at < data.length; at += 1) {
    x = (x + 1) & 255;
    const a = state[x];
    y = (y + a) & 255;
    const b = state[y];
    state[x] = b;
    state[y] = a;
    output[at] = data[at] ^ state[(a + b) & 255];
  }
  return output;
}
