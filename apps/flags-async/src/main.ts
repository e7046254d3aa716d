#!/usr/bin/env node
import { main } from "@concur/flags-common";
import manifest from "../package.json" with { type: "json" };
import { downloadMany } from "./download-many.js";

process.exitCode = await main({
  programName: "flags-async",
  version: manifest.version,
  // Low, to spare a remote site that answers too many requests at once with 503.
  defaultConcurReq: 5,
  maxConcurReq: 1000,
  downloadMany,
  // Loaded only when it is needed: most of the time of a short run is loading.
  startServer: async (label, seed) => {
    const { launchFlagServer } = await import("@concur/flag-server");
    return launchFlagServer({ listeners: [label], ...(seed === undefined ? {} : { seed }) });
  },
});
