import { readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import wabt from "wabt";
import { jsKernel } from "../../src/arcfour-js-kernel.js";
import { ARCFOUR_WASM } from "../../src/arcfour-wasm.js";
import { createWasmKernel } from "../../src/arcfour-wasm-kernel.js";

test("the compiled kernel is that of wasm/arcfour.wat", async () => {
  const source = await readFile(new URL("../../wasm/arcfour.wat", import.meta.url), "utf8");
  const compiler = await wabt();
  const { buffer } = compiler.parseWat("arcfour.wat", source).toBinary({});
  expect(ARCFOUR_WASM).toBe(Buffer.from(buffer).toString("base64"));
});

test("both kernels give the same stream, in pieces of any size", () => {
  const wasmKernel = createWasmKernel();
  const property = (key: Uint8Array, loops: number, sizes: number[]) => {
    const streams = [wasmKernel, jsKernel].map((kernel) => kernel?.begin(key, loops));
    for (const size of sizes) {
      const [wasm, js] = streams.map((stream) => {
        const piece = new Uint8Array(size);
        stream?.crypt(piece, piece);
        return Buffer.from(piece).toString("hex");
      });
      expect(wasm).toBe(js);
      expect(wasm).not.toBe(Buffer.alloc(size).toString("hex"));
    }
    for (const stream of streams) stream?.end();
  };
  const sizes = fc.array(fc.integer({ min: 8, max: 40 }), { maxLength: 30 });
  const key = fc.uint8Array({ minLength: 1, maxLength: 256 });
  fc.assert(fc.property(key, fc.integer({ min: 1, max: 21 }), sizes, property));
});
