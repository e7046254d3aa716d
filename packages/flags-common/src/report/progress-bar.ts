// Imported by name: what `await import()` of a CommonJS package gives differs between Node and a bundle of it.
import { SingleBar } from "cli-progress";
import { progressLine } from "./progress-line.js";

/** Where a terminal does not say how wide it is. */
const DEFAULT_COLUMNS = 80;
const RED = "\u001b[31m";
const PLAIN_COLOR = "\u001b[39m";

/** Shows how far a run has come. */
export interface Progress {
  /** Another file is done, with so many bytes, or has failed. */
  advance(failed: boolean, bytes: number): void;
  /** Takes the bar away, or says for the last time how far it came. */
  stop(): void;
}

/** Draws a bar on the terminal of stderr. */
export function startBar(total: number): Progress {
  // Knows NO_COLOR, FORCE_COLOR and what the terminal can do.
  const [on, off] = process.stderr.hasColors() ? [RED, PLAIN_COLOR] : ["", ""];
  let failures = 0;
  let received = 0;
  const single = new SingleBar({
    stream: process.stderr,
    format: (_options, { value, eta, startTime }) => {
      const elapsedSeconds = (Date.now() - startTime) / 1000;
      const state = { value, total, elapsedSeconds, etaSeconds: eta, failures, bytes: received };
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
    advance: (failed, bytes) => {
      received += bytes;
      if (failed) failures += 1;
      single.increment();
    },
    stop: () => {
      single.stop();
    },
  };
}
