import { SingleBar } from "cli-progress";

/** Draws how far a run has come. */
export interface Progress {
  advance(): void;
  /** Leaves the bar as it is and goes to the next line. */
  stop(): void;
}

const NO_PROGRESS: Progress = {
  advance: () => undefined,
  stop: () => undefined,
};

/** Starts a bar on stderr, or nothing at all when stderr is not a terminal: logs get no bars. */
export function startProgress(total: number): Progress {
  if (!process.stderr.isTTY) return NO_PROGRESS;
  const bar = new SingleBar({
    stream: process.stderr,
    format: "{percentage}%|{bar}| {value}/{total} [{duration_formatted}<{eta_formatted}]",
    barCompleteChar: "█",
    barIncompleteChar: " ",
    autopadding: true,
    // Averages over the whole run: flags come in bursts.
    etaBuffer: total,
    // Otherwise the bar switches the terminal's wrapping off, and a kill leaves it so.
    linewrap: true,
  });
  bar.start(total, 0);
  return {
    advance: () => {
      bar.increment();
    },
    stop: () => {
      bar.stop();
    },
  };
}
