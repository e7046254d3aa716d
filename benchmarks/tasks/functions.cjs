"use strict";
// What every contender runs. Each function takes one argument, is synchronous and knows no library; CommonJS, because
// that is the one form all of the contenders load.
const { createHash } = require("node:crypto");
const { threadId } = require("node:worker_threads");

/** Gives its argument back: with a number, an object or bytes, what is measured is the way and nothing else. */
function echo(value) {
  return value;
}

/** Trial division, the classic first task for a pool. */
function isPrime(n) {
  if (n < 2) return false;
  if (n % 2 === 0) return n === 2;
  for (let divisor = 3; divisor * divisor <= n; divisor += 2) {
    if (n % divisor === 0) return false;
  }
  return true;
}

/** Keeps its core busy for so many microseconds. */
function busy(us) {
  const end = performance.now() + us / 1000;
  while (performance.now() < end);
  return us;
}

const never = new Int32Array(new SharedArrayBuffer(4));

/** Says which thread of which process it runs on, after so many milliseconds in which the thread sleeps and uses no core. */
function whichWorker(napMs) {
  if (napMs > 0) Atomics.wait(never, 0, 0, napMs);
  return `${process.pid}:${threadId}`;
}

/** Raises the flag at the start of the given shared memory and never ends. */
function endless(shared) {
  Atomics.store(new Int32Array(shared), 0, 1);
  for (;;);
}

/** Yields the numbers below n. */
function* numbersBelow(n) {
  for (let i = 0; i < n; i += 1) yield i;
}

/** Reads a record and adds up its points. */
function sumOfJson(text) {
  let sum = 0;
  for (const point of JSON.parse(text).points) sum += point;
  return sum;
}

function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

module.exports = { echo, isPrime, busy, whichWorker, endless, numbersBelow, sumOfJson, sha256 };
