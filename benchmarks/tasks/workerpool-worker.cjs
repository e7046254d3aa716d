"use strict";
// The functions as workerpool wants them. `move` hands its result over instead of copying it.
const workerpool = require("workerpool");
const functions = require("./functions.cjs");

workerpool.worker({
  ...functions,
  move: (bytes) => new workerpool.Transfer(bytes, [bytes.buffer]),
});
