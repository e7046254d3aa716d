/** How far a run has come. */
export interface ProgressState {
  readonly value: number;
  /** At least 1. */
  readonly total: number;
  readonly elapsedSeconds: number;
  /** Not finite while nobody knows. */
  readonly etaSeconds: number;
  readonly failures: number;
}

/** A longer bar says no more. */
const MAX_BAR = 40;
/** A shorter bar says nothing. */
const MIN_BAR = 5;

/**
 * Writes one line such as ` 50%|████    | 10/20 [3s<3s] 2 failed`, which leaves at least one column free: a line that
 * fills the last one, or goes on in the next line, cannot be drawn over.
 *
 * @param paint - Colours what has failed.
 */
export function progressLine(
  { value, total, elapsedSeconds, etaSeconds, failures }: ProgressState,
  columns: number,
  paint: (text: string) => string,
): string {
  const share = value / total;
  const percentage = `${Math.floor(share * 100)}%`.padStart(4);
  const times = `[${shortTime(elapsedSeconds)}<${shortTime(etaSeconds)}]`;
  const counts = `${String(value).padStart(String(total).length)}/${total} ${times}`;
  const failed = failures === 0 ? "" : ` ${failures} failed`;
  const painted = failures === 0 ? "" : paint(failed);
  // The two bars at the ends of the bar, the space behind it, and the free column. cli-progress cuts what is longer than
  // a line, and takes the codes of the colour for letters.
  const room = Math.min(MAX_BAR, columns - percentage.length - counts.length - painted.length - 4);
  if (room >= MIN_BAR) {
    const bar = "█".repeat(Math.floor(share * room)).padEnd(room);
    return `${percentage}|${bar}| ${counts}${painted}`;
  }
  return `${percentage} ${counts}${failed}`.slice(0, Math.max(0, columns - 1));
}

function shortTime(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}s`;
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  if (minutes < 60) return `${minutes}m${String(rest).padStart(2, "0")}s`;
  return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, "0")}m`;
}
