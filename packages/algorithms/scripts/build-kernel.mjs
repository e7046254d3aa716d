// Compiles wasm/arcfour.wat into src/arcfour-wasm.ts; a test compares the two.
import { readFileSync, writeFileSync } from "node:fs";
import wabt from "wabt";

const source = new URL("../wasm/arcfour.wat", import.meta.url);
const target = new URL("../src/arcfour-wasm.ts", import.meta.url);

const compiler = await wabt();
const { buffer } = compiler.parseWat("arcfour.wat", readFileSync(source, "utf8")).toBinary({});
const lines = Buffer.from(buffer)
  .toString("base64")
  .match(/.{1,100}/g)
  .map((line) => `  "${line}"`);

writeFileSync(
  target,
  [
    `/** wasm/arcfour.wat, compiled to ${buffer.length} bytes by \`pnpm kernel:build\`, in base64. */`,
    "export const ARCFOUR_WASM =",
    `${lines.join(" +\n")};`,
    "",
  ].join("\n"),
);
