// Measures the built package beside OpenSSL, the same programs in Python, and the plain loop in JavaScript.
// Everything takes its turn in each round, so that a busy moment of the machine hurts all alike.
//   pnpm bench            a table
//   pnpm bench --json     the figures of every round
import { execFileSync, spawn } from "node:child_process";
import { availableParallelism, cpus, loadavg } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { arcfour, ArcfourCipher, isPrime, isPrimeTrialDivision } from "@concur/algorithms";
import { plainArcfour } from "./plain.mjs";

const ROUNDS = 7;
const MEBIBYTE = 2 ** 20;
const PRIME = 112272535095293;
const key = Buffer.from("key");

/** Gives the seconds per call, of as many calls as take a tenth of a second. */
function timed(call) {
  const start = performance.now();
  let calls = 0;
  let elapsed = 0;
  for (; elapsed < 100; elapsed = performance.now() - start) {
    for (let batch = 0; batch < 4; batch += 1) call();
    calls += 4;
  }
  return elapsed / 1000 / calls;
}

/** The page faults of each round's calls into new memory, per call: what the system charges for memory it got back. */
const faults = [];
function timedWithFaults(call) {
  const before = process.resourceUsage().minorPageFault;
  let calls = 0;
  const seconds = timed(() => {
    calls += 1;
    call();
  });
  faults.push((process.resourceUsage().minorPageFault - before) / calls);
  return seconds;
}

const python = spawn("python3", [fileURLToPath(new URL("programs.py", import.meta.url))], {
  stdio: ["pipe", "pipe", "inherit"],
});
const answers = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
async function inPython(job, number) {
  python.stdin.write(`${job} ${number}\n`);
  const { value, done } = await answers.next();
  if (done) throw new Error("python3 ended early");
  return Number(value);
}

/** OpenSSL repeats one update in place, with the key set up once: bytes per second. */
function openssl(bytes) {
  const options = ["-provider", "legacy", "-provider", "default", "-evp", "rc4", "-mr"];
  const args = ["speed", ...options, "-seconds", "1", "-bytes", String(bytes)];
  const output = execFileSync("openssl", args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const speed = Number(/^\+F:\d+:[^:]+:([\d.]+)/m.exec(output)?.[1]);
  if (!(speed > 0)) throw new Error(`no speed in the output of openssl:\n${output}`);
  return bytes / speed;
}

const block = new Uint8Array(16_384);
const stream = new ArcfourCipher(key, { loops: 1 });
const large = new Uint8Array(MEBIBYTE);
const messages = [16, 64, 256, 1024].map((size) => new Uint8Array(size));

/** Each contender does the work of its line once and gives the seconds. */
const lines = [
  {
    work: "RC4, 16 KiB of a stream, in place",
    bytes: block.length,
    here: () => timed(() => stream.update(block, { inPlace: true })),
    OpenSSL: () => openssl(block.length),
  },
  {
    work: "arcfour, 1 MiB, 20 loops",
    bytes: MEBIBYTE,
    here: () => timedWithFaults(() => arcfour(key, large)),
    "plain JS": () => timed(() => plainArcfour(key, large, 20)),
    Python: () => inPython("arcfour", MEBIBYTE),
  },
  {
    work: "the same, in place here",
    bytes: MEBIBYTE,
    here: () => timed(() => arcfour(key, large, { inPlace: true })),
    Python: () => inPython("arcfour", MEBIBYTE),
  },
  ...messages.map((message) => ({
    work: `RC4, ${message.length} bytes, with the key`,
    bytes: message.length,
    here: () => timed(() => arcfour(key, message, { loops: 1 })),
    "plain JS": () => timed(() => plainArcfour(key, message, 1)),
  })),
  {
    work: `trial division of ${PRIME}`,
    here: () => timed(() => isPrimeTrialDivision(PRIME)),
    Python: () => inPython("prime", PRIME),
  },
  { work: `isPrime(${PRIME})`, here: () => timed(() => isPrime(PRIME)) },
];

const contenders = ["here", "OpenSSL", "plain JS", "Python"];
const seconds = lines.map(() => Object.fromEntries(contenders.map((name) => [name, []])));
for (let round = -1; round < ROUNDS; round += 1) {
  for (const [index, line] of lines.entries()) {
    for (const name of contenders.filter((contender) => contender in line)) {
      const taken = await line[name]();
      // The first round warms up.
      if (round >= 0) seconds[index][name].push(taken);
    }
  }
}
python.stdin.end();

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const show = (value, unit) => `${Number(value.toPrecision(3)).toLocaleString("en")} ${unit}`;
const machine = {
  node: process.version,
  openssl: execFileSync("openssl", ["version"], { encoding: "utf8" }).trim(),
  python: execFileSync("python3", ["--version"], { encoding: "utf8" }).trim(),
  cpu: `${cpus()[0]?.model.trim()} × ${availableParallelism()}`,
  load: loadavg()[0],
};

if (process.argv.includes("--json")) {
  const rounds = lines.map(({ work, bytes }, index) => ({ work, bytes, seconds: seconds[index] }));
  console.log(JSON.stringify({ machine, rounds }, undefined, 2));
} else {
  console.log(`| medians of ${ROUNDS} rounds | here | ${contenders.slice(1).join(" | ")} |`);
  console.log("| --- | --- | --- | --- | --- |");
  for (const [index, { work, bytes }] of lines.entries()) {
    const mine = median(seconds[index].here);
    const cells = contenders.map((name) => {
      if (seconds[index][name].length === 0) return "";
      const taken = median(seconds[index][name]);
      const large = bytes !== undefined && bytes > 10_000;
      const shown = large
        ? show(bytes / taken / 1e6, "MB/s")
        : taken > 1e-3
          ? show(taken * 1e3, "ms")
          : show(taken * 1e6, "µs");
      return name === "here" ? shown : `${shown} (${(taken / mine).toPrecision(3)} × the time)`;
    });
    console.log(`| ${work} | ${cells.join(" | ")} |`);
  }
  const range = `${Math.round(Math.min(...faults))} to ${Math.round(Math.max(...faults))}`;
  console.log(`\narcfour into 1 MiB of new memory: ${range} page faults per call`);
  console.log(`\n${machine.node}, ${machine.openssl}, ${machine.python}, ${machine.cpu}`);
}
