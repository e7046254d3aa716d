"use strict";
// The least a worker can do: one message per call, one per result.
const { parentPort } = require("node:worker_threads");
const functions = require("./functions.cjs");

/** The streams under way: one message per item, as far as there is credit. */
const streams = new Map();
function pump(id) {
  const stream = streams.get(id);
  for (; stream !== undefined && stream.credit > 0; stream.credit -= 1) {
    const { done, value } = stream.items.next();
    parentPort.postMessage({ id, done, value });
    if (!done) continue;
    streams.delete(id);
    return;
  }
}

parentPort.on("message", ({ id, name, arg, moves, credit }) => {
  if (credit !== undefined) {
    if (name !== undefined) streams.set(id, { items: functions[name](arg), credit: 0 });
    const stream = streams.get(id);
    if (stream !== undefined) stream.credit += credit;
    pump(id);
    return;
  }
  const value = functions[name](arg);
  if (moves) parentPort.postMessage({ id, value }, [value.buffer]);
  else parentPort.postMessage({ id, value });
});
