import { tasks } from "../task-references.js";
import { JOBS, SHA_BYTES } from "./numbers.js";
import { jobSeed, runProcessProgram, type ProgramOptions } from "./process-program.js";

/** Runs the SHA-256 program of the book: twelve mebibytes, the digests in the order in which they are done. */
export function runSha(options: ProgramOptions): Promise<number> {
  return runProcessProgram(
    options,
    (executor) =>
      Array.from({ length: JOBS }, (_, index) =>
        executor.submit(tasks.shaJob, SHA_BYTES, jobSeed(options.seed, index)),
      ),
    (digest) => digest,
  );
}
