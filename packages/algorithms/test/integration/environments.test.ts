import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createContext, SourceTextModule } from "node:vm";
import { describe, expect, test } from "@jest/globals";
import * as algorithms from "@concur/algorithms";

const run = promisify(execFile);
const cwd = fileURLToPath(new URL("../..", import.meta.url));

/** Prints what the cipher makes of the vector of Wikipedia's article on RC4, of 5000 bytes, and of another stream. */
const SCRIPT = `
  const key = Buffer.from("Key");
  const cipher = new ArcfourCipher(key, { loops: 1 });
  const pieces = ["Plain", "text"].map((text) => cipher.update(Buffer.from(text)));
  console.log(
    Buffer.from(arcfour(key, Buffer.from("Plaintext"), { loops: 1 })).toString("hex"),
    sha256Hex(arcfour(key, new Uint8Array(5000))),
    Buffer.concat(pieces).toString("hex"),
    typeof WebAssembly,
  );
`;
const EXPECTED = [
  "bbf316e8d940af0ad3",
  algorithms.sha256Hex(algorithms.arcfour(Buffer.from("Key"), new Uint8Array(5000))),
  "bbf316e8d940af0ad3",
].join(" ");

describe("the built package", () => {
  test.each([
    { title: "as an ES module", options: ["--input-type=module"], webAssembly: "object" },
    {
      title: "without WebAssembly, in JavaScript",
      options: [
        "--import=data:text/javascript,delete globalThis.WebAssembly",
        "--input-type=module",
      ],
      webAssembly: "undefined",
    },
    {
      title: "without a compiler at all",
      options: ["--jitless", "--no-warnings", "--input-type=module"],
      webAssembly: "undefined",
    },
  ])("$title", async ({ options, webAssembly }) => {
    const script = `import { arcfour, ArcfourCipher, sha256Hex } from "@concur/algorithms"; ${SCRIPT}`;
    const { stdout } = await run(process.execPath, [...options, "-e", script], { cwd });
    expect(stdout).toBe(`${EXPECTED} ${webAssembly}\n`);
  });

  test("where a policy forbids to compile WebAssembly", async () => {
    const script = `
      WebAssembly.Module = class { constructor() { throw new WebAssembly.CompileError("not allowed"); } };
      const { arcfour, ArcfourCipher, sha256Hex } = await import("@concur/algorithms");
      ${SCRIPT}`;
    const options = ["--input-type=module", "-e", script];
    const { stdout } = await run(process.execPath, options, { cwd });
    expect(stdout).toBe(`${EXPECTED} object\n`);
  });

  test("as CommonJS", async () => {
    const script = `const { arcfour, ArcfourCipher, sha256Hex } = require("@concur/algorithms"); ${SCRIPT}`;
    const { stdout } = await run(process.execPath, ["-e", script], { cwd });
    expect(stdout).toBe(`${EXPECTED} object\n`);
  });
});

// In a process of its own: in the sandbox of the tests every look at a global costs a call.
test("the tests for primes agree with the sieve up to ten millions, and with each other at 2^53", async () => {
  const script = `
    import { isPrime, isPrimeTrialDivision, primesUpTo } from "@concur/algorithms";
    const sieved = new Uint8Array(10_000_001);
    for (const prime of primesUpTo(10_000_000)) sieved[prime] = 1;
    const wrong = [];
    for (let n = 0; n <= 10_000_000; n += 1) if (isPrime(n) !== (sieved[n] === 1)) wrong.push(n);
    // Here a quotient can hardly be told from an integer. The product is of two primes.
    const edge = 94_906_247 * 94_906_249;
    for (let n = edge - 8; n <= edge + 8; n += 2) if (isPrimeTrialDivision(n) !== isPrime(n)) wrong.push(n);
    console.log(sieved.length, wrong, isPrimeTrialDivision(2 ** 53 - 111), isPrimeTrialDivision(edge));
  `;
  const options = ["--input-type=module", "-e", script];
  const { stdout } = await run(process.execPath, options, { cwd });
  expect(stdout).toBe("10000001 [] true false\n");
});

describe("the entry for browsers", () => {
  /** Loads it with what JavaScript itself has, and the two functions of browsers that it needs. */
  async function loadInBareContext() {
    const code = await readFile(new URL("../../dist/browser.js", import.meta.url), "utf8");
    const context = createContext({ atob, crypto });
    const module = new SourceTextModule(code, { context });
    await module.link((specifier) => {
      throw new Error(`a browser has no ${specifier}`);
    });
    await module.evaluate();
    return { code, exports: module.namespace as typeof algorithms };
  }

  test("imports nothing, and exports the same names", async () => {
    const { code, exports } = await loadInBareContext();
    expect(code).not.toMatch(/\bnode:|\brequire\b|\bimport\b/);
    expect(Object.keys(exports).sort()).toEqual(Object.keys(algorithms).sort());
  });

  test("is what bundlers for browsers find", async () => {
    const { exports } = JSON.parse(
      await readFile(new URL("../../package.json", import.meta.url), "utf8"),
    ) as { exports: { ".": Record<string, unknown> } };
    // The first condition that holds is taken.
    expect(Object.entries(exports["."])[0]).toEqual([
      "browser",
      { types: "./dist/index.d.ts", default: "./dist/browser.js" },
    ]);
  });

  test("computes the same without anything of Node", async () => {
    const { exports } = await loadInBareContext();
    const { isPrime, countPrimes, shaJob, randomBytes, arcfourJob } = exports;
    expect([...randomBytes(8, 5)]).toEqual([...algorithms.randomBytes(8, 5)]);
    expect(randomBytes(70_000)).toHaveLength(70_000);
    expect(shaJob(100_000, 9)).toBe(algorithms.shaJob(100_000, 9));
    expect(isPrime(112272535095293)).toBe(true);
    expect(isPrime(2n ** 127n - 1n)).toBe(true);
    expect(countPrimes(1_000_000)).toBe(78_498);
    expect(arcfourJob(50_000, Uint8Array.of(1, 2, 3))).toBe(50_000);
  });
});
