"use strict";

// Preloaded into programs under test: their event loop stands still for a while, again and again.
const standStillMs = Number(process.env.CONCUR_SLOW_LOOP_MS);
const { performance } = require("node:perf_hooks");

setInterval(() => {
  const end = performance.now() + standStillMs;
  while (performance.now() < end);
}, standStillMs * 2).unref();
