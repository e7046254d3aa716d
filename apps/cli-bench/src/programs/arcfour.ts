import { tasks } from "../task-references.js";
import { ARCFOUR_SIZES } from "./numbers.js";
import { jobSeed, runProcessProgram, type ProgramOptions } from "./process-program.js";

const KEY = new TextEncoder().encode("'Twas brillig, and the slithy toves\nDid gyre");

/** Runs the arcfour program of the book: each job encrypts, decrypts and compares, and its size is printed when done. */
export function runArcfour(options: ProgramOptions): Promise<number> {
  return runProcessProgram(
    options,
    (executor) =>
      ARCFOUR_SIZES.map((size, index) =>
        executor.submit(tasks.arcfourJob, size, KEY, jobSeed(options.seed, index)),
      ),
    (size) => `${(size / 1024).toFixed(1)} KB`,
  );
}
