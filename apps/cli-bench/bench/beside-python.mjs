// Runs the three compute programs of the book in turn with the same ones in Python, whole programs from start to end.
//   pnpm bench [ROUNDS]        3 rounds without a number
import { spawnSync } from "node:child_process";
import { availableParallelism, cpus } from "node:os";
import { fileURLToPath } from "node:url";

const rounds = Number(process.argv[2] ?? 3);
const here = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const there = fileURLToPath(new URL("programs.py", import.meta.url));
const WORKERS = "2";

const programs = [
  { name: "primes", here: ["primes"], there: ["primes"] },
  ...["sha", "arcfour"].flatMap((name) =>
    ["thread", "process"].map((executor) => ({
      name: `${name} ${WORKERS}, ${executor}`,
      here: [name, WORKERS, "--executor", executor],
      there: [name, WORKERS],
    })),
  ),
];

/** Gives the seconds of a whole run, or nothing when it cannot run. */
function timed(command, args) {
  const start = performance.now();
  const { status } = spawnSync(command, args, { stdio: ["ignore", "pipe", "ignore"] });
  return status === 0 ? (performance.now() - start) / 1000 : undefined;
}

const seconds = programs.map(() => ({ here: [], there: [] }));
for (let round = 0; round < rounds; round += 1) {
  for (const [index, program] of programs.entries()) {
    const mine = timed(process.execPath, [here, ...program.here]);
    // What does not run here needs no counterpart.
    if (mine === undefined) continue;
    seconds[index].here.push(mine);
    const theirs = timed("python3", [there, ...program.there]);
    if (theirs === undefined) throw new Error(`python3 could not run ${program.there.join(" ")}`);
    seconds[index].there.push(theirs);
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
console.log(`| medians of ${rounds} rounds | here | Python | Python / here |`);
console.log("| --- | --- | --- | --- |");
for (const [index, { name }] of programs.entries()) {
  if (seconds[index].here.length === 0) continue;
  const [mine, theirs] = [median(seconds[index].here), median(seconds[index].there)];
  const ratio = (theirs / mine).toPrecision(3);
  console.log(`| ${name} | ${mine.toFixed(2)} s | ${theirs.toFixed(2)} s | ${ratio} |`);
}
const python = spawnSync("python3", ["--version"], { encoding: "utf8" }).stdout.trim();
const processors = `${cpus()[0]?.model.trim()} × ${availableParallelism()}`;
console.log(`\nNode ${process.versions.node}, ${python}, ${processors}`);
