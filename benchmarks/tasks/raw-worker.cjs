"use strict";
// The least a worker can do: one message per call, one per result.
const { parentPort } = require("node:worker_threads");
const functions = require("./functions.cjs");

parentPort.on("message", ({ id, name, arg, moves }) => {
  const value = functions[name](arg);
  if (moves) parentPort.postMessage({ id, value }, [value.buffer]);
  else parentPort.postMessage({ id, value });
});
