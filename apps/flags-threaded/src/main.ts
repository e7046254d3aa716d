#!/usr/bin/env node
import { launchFlagServer } from "@concur/flag-server";
import { main } from "@concur/flags-common";
import { DEFAULT_THREADS, downloadMany } from "./download-many.js";

process.exitCode = await main({
  programName: "flags-threaded",
  defaultConcurReq: 30,
  maxConcurReq: 1000,
  ownOptions: [
    {
      name: "threads",
      metavar: "N",
      help: `worker threads that share the requests (default=${DEFAULT_THREADS})`,
    },
  ],
  downloadMany,
  startServer: (label, seed) =>
    launchFlagServer({ listeners: [label], ...(seed === undefined ? {} : { seed }) }),
});
