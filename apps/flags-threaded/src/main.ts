#!/usr/bin/env node
import { main } from "@concur/flags-common";
import manifest from "../package.json" with { type: "json" };
import { DEFAULT_THREADS, downloadMany } from "./download-many.js";

process.exitCode = await main({
  programName: "flags-threaded",
  version: manifest.version,
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
  // Loaded only when it is needed: most of the time of a short run is loading.
  startServer: async (label, seed) => {
    const { launchFlagServer } = await import("@concur/flag-server");
    return launchFlagServer({ listeners: [label], ...(seed === undefined ? {} : { seed }) });
  },
});
