#!/usr/bin/env node
import { launchFlagServer } from "@concur/flag-server";
import { main } from "@concur/flags-common";
import { downloadMany } from "./download-many.js";

process.exitCode = await main({
  programName: "flags-async",
  // Low, to spare a remote site that answers too many requests at once with 503.
  defaultConcurReq: 5,
  maxConcurReq: 1000,
  downloadMany,
  startServer: (label, seed) =>
    launchFlagServer({ listeners: [label], ...(seed === undefined ? {} : { seed }) }),
});
