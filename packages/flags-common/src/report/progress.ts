import { amount } from "./progress-line.js";
import { ProgressCount, secondsLeft, type Progress } from "./progress-state.js";

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
  const count = new ProgressCount(total);
  const print = (): void => {
    const { state } = count;
    const { done, failures, bytes, elapsedSeconds } = state;
    const left = secondsLeft(state);
    const eta = Number.isFinite(left) ? Math.ceil(left) : "?";
    const failed = failures === 0 ? "" : `, ${failures} failed`;
    const received = amount(bytes, elapsedSeconds).replace(" ", ", ");
    process.stderr.write(`${done} of ${total} done${failed}${received}, about ${eta} s left\n`);
  };
  const timer = setInterval(print, PLAIN_INTERVAL_MS);
  return {
    meter: count.memory,
    advance: (outcome) => {
      count.advance(outcome);
    },
    stop: () => {
      clearInterval(timer);
      print();
    },
  };
}
