import { amount } from "./progress-line.js";
import type { Progress } from "./progress-bar.js";

/** `auto`: a bar on a terminal and nothing elsewhere; `plain`: a line now and then; `none`: nothing. */
export type ProgressMode = "auto" | "plain" | "none";

const NO_PROGRESS: Progress = {
  advance: () => undefined,
  stop: () => undefined,
};

/** How often a plain line comes, in milliseconds. */
const PLAIN_INTERVAL_MS = 2000;

/** Starts to show progress on stderr: logs get no bars. */
export async function startProgress(total: number, mode: ProgressMode): Promise<Progress> {
  const isTerminal = process.stderr.isTTY;
  if (mode === "none" || (mode === "auto" && !isTerminal)) return NO_PROGRESS;
  // A dumb terminal cannot go back to the beginning of a line.
  const { TERM: term } = process.env;
  if (mode === "plain" || term === "dumb") return plainProgress(total);
  // Most runs have no terminal, and need not load what draws on one.
  const { startBar } = await import("./progress-bar.js");
  return startBar(total);
}

function plainProgress(total: number): Progress {
  const startMs = performance.now();
  let done = 0;
  let failures = 0;
  let received = 0;
  const print = (): void => {
    const elapsedMs = performance.now() - startMs;
    const leftSeconds = done === 0 ? undefined : ((total - done) * elapsedMs) / done / 1000;
    const eta = leftSeconds === undefined ? "?" : Math.ceil(leftSeconds);
    const failed = failures === 0 ? "" : `, ${failures} failed`;
    const bytes = amount(received, elapsedMs / 1000).replace(" ", ", ");
    process.stderr.write(`${done} of ${total} done${failed}${bytes}, about ${eta} s left\n`);
  };
  const timer = setInterval(print, PLAIN_INTERVAL_MS);
  return {
    advance: (failed, bytes) => {
      received += bytes;
      done += 1;
      if (failed) failures += 1;
    },
    stop: () => {
      clearInterval(timer);
      print();
    },
  };
}
