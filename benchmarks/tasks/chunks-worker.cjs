"use strict";
// Runs a chunk of items per message.
const { parentPort } = require("node:worker_threads");
const functions = require("./functions.cjs");

parentPort.on("message", ({ name, from, items }) => {
  parentPort.postMessage({ from, values: items.map(functions[name]) });
});
