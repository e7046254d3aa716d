import { progressLine } from "./progress-line.js";

/** Shows how far a run has come. */
export interface Progress {
  /** Another file is done, or has failed. */
  advance(failed: boolean): void;
  /** Takes the bar away, or says for the last time how far it came. */
  stop(): void;
}

/** `auto`: a bar on a terminal and nothing elsewhere; `plain`: a line now and then; `none`: nothing. */
export type ProgressMode = "auto" | "plain" | "none";

const NO_PROGRESS: Progress = {
  advance: () => undefined,
  stop: () => undefined,
};

/** How often a plain line comes, in milliseconds. */
const PLAIN_INTERVAL_MS = 2000;
/** Where a terminal does not say how wide it is. */
const DEFAULT_COLUMNS = 80;
const RED = "\u001b[31m";
const PLAIN_COLOR = "\u001b[39m";

/** Starts to show progress on stderr: logs get no bars. */
export async function startProgress(total: number, mode: ProgressMode): Promise<Progress> {
  const isTerminal = process.stderr.isTTY;
  if (mode === "none" || (mode === "auto" && !isTerminal)) return NO_PROGRESS;
  // A dumb terminal cannot go back to the beginning of a line.
  const { TERM: term } = process.env;
  return mode === "plain" || term === "dumb" ? plainProgress(total) : await bar(total);
}

async function bar(total: number): Promise<Progress> {
  // Most runs have no terminal.
  const { SingleBar } = await import("cli-progress");
  // Knows NO_COLOR, FORCE_COLOR and what the terminal can do.
  const [on, off] = process.stderr.hasColors() ? [RED, PLAIN_COLOR] : ["", ""];
  let failures = 0;
  const single = new SingleBar({
    stream: process.stderr,
    format: (_options, { value, eta, startTime }) => {
      const elapsedSeconds = (Date.now() - startTime) / 1000;
      const state = { value, total, elapsedSeconds, etaSeconds: eta, failures };
      // Asked for each time: the window may have another size by now.
      const columns = process.stderr.columns || DEFAULT_COLUMNS;
      return progressLine(state, columns, (text) => `${on}${text}${off}`);
    },
    // Averages over the whole run: files come in bursts.
    etaBuffer: total,
    // Otherwise the bar switches the terminal's wrapping off, and a kill leaves it so.
    linewrap: true,
    // All that it said, and more, is in the report.
    clearOnComplete: true,
  });
  single.start(total, 0);
  return {
    advance: (failed) => {
      if (failed) failures += 1;
      single.increment();
    },
    stop: () => {
      single.stop();
    },
  };
}

function plainProgress(total: number): Progress {
  const startMs = performance.now();
  let done = 0;
  let failures = 0;
  const print = (): void => {
    const elapsedMs = performance.now() - startMs;
    const leftSeconds = done === 0 ? undefined : ((total - done) * elapsedMs) / done / 1000;
    const eta = leftSeconds === undefined ? "?" : Math.ceil(leftSeconds);
    const failed = failures === 0 ? "" : `, ${failures} failed`;
    process.stderr.write(`${done} of ${total} done${failed}, about ${eta} s left\n`);
  };
  const timer = setInterval(print, PLAIN_INTERVAL_MS);
  return {
    advance: (failed) => {
      done += 1;
      if (failed) failures += 1;
    },
    stop: () => {
      clearInterval(timer);
      print();
    },
  };
}
