// Imported by name: what `await import()` of a CommonJS package gives differs between Node and a bundle of it.
import { SingleBar } from "cli-progress";
import { progressLine } from "./progress-line.js";
import { ProgressCount, type Progress } from "./progress-state.js";

/** Where a terminal does not say how wide it is. */
const DEFAULT_COLUMNS = 80;
const RED = "\u001b[31m";
const PLAIN_COLOR = "\u001b[39m";

/** Draws a bar on the terminal of stderr. */
export function startBar(total: number): Progress {
  // Knows NO_COLOR, FORCE_COLOR and what the terminal can do.
  const [on, off] = process.stderr.hasColors() ? [RED, PLAIN_COLOR] : ["", ""];
  const count = new ProgressCount(total);
  const single = new SingleBar({
    stream: process.stderr,
    // Asked ten times a second, whether a file has come or not. The window may have another size each time.
    format: () => {
      const columns = process.stderr.columns || DEFAULT_COLUMNS;
      return progressLine(count.state, columns, (text) => `${on}${text}${off}`);
    },
    // Otherwise the bar switches the terminal's wrapping off, and a kill leaves it so.
    linewrap: true,
    // All that it said, and more, is in the report.
    clearOnComplete: true,
  });
  single.start(total, 0);
  return {
    meter: count.memory,
    advance: (outcome) => {
      count.advance(outcome);
      single.increment();
    },
    stop: () => {
      single.stop();
    },
  };
}
