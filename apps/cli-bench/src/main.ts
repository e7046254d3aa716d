#!/usr/bin/env node
import { readCommandLine, type Request } from "./command-line.js";
import { runCompare } from "./compare/compare.js";
import { runDoctor } from "./doctor/doctor.js";
import { runArcfour } from "./programs/arcfour.js";
import { runPrimes } from "./programs/primes.js";
import { runSha } from "./programs/sha.js";

function run(request: Request): Promise<number> {
  switch (request.command) {
    case "primes":
      return runPrimes();
    case "sha":
      return runSha(request.options);
    case "arcfour":
      return runArcfour(request.options);
    case "compare":
      return runCompare(request.options);
    case "doctor":
      return runDoctor();
  }
}

// The reader of our lines may go away (`cli-bench sha | head -1`).
process.stdout.on("error", () => process.exit(1));
process.exitCode = await run(readCommandLine(process.argv.slice(2)));
