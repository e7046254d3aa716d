import { size } from "./text.js";

/** How far a run has come. */
export interface ProgressState {
  readonly value: number;
  /** At least 1. */
  readonly total: number;
  readonly elapsedSeconds: number;
  /** Not finite while nobody knows. */
  readonly etaSeconds: number;
  readonly failures: number;
  /** Of the files that are there. */
  readonly bytes: number;
}

/** Fewer bytes say nothing about a rate that the number of files does not. */
const MIN_BYTES = 100_000;

/** Writes how much came, and how fast, such as ` 12.3 MB 4.1 MB/s`; nothing while it is little. */
export function amount(bytes: number, elapsedSeconds: number): string {
  if (bytes < MIN_BYTES || elapsedSeconds <= 0) return "";
  return ` ${size(bytes)} ${size(bytes / elapsedSeconds)}/s`;
}

/** A longer bar says no more. */
const MAX_BAR = 40;
/** A shorter bar says nothing. */
const MIN_BAR = 5;

/**
 * Columns that are left free: the last one, because a line that fills it, or goes on in the next line, cannot be drawn
 * over; and two for the `^C` that the terminal itself writes behind it when somebody presses Ctrl-C.
 */
const FREE_COLUMNS = 3;

/**
 * Writes one line such as ` 50%|████    | 10/20 [3s<3s] 2 failed`, which leaves some columns free.
 *
 * @param paint - Colours what has failed.
 */
export function progressLine(
  { value, total, elapsedSeconds, etaSeconds, failures, bytes }: ProgressState,
  columns: number,
  paint: (text: string) => string,
): string {
  const share = value / total;
  const percentage = `${Math.floor(share * 100)}%`.padStart(4);
  const times = `[${shortTime(elapsedSeconds)}<${shortTime(etaSeconds)}]`;
  const files = `${String(value).padStart(String(total).length)}/${total} ${times}`;
  const counts = `${files}${amount(bytes, elapsedSeconds)}`;
  const failed = failures === 0 ? "" : ` ${failures} failed`;
  const painted = failures === 0 ? "" : paint(failed);
  // The two bars at the ends of the bar, and the space behind it. cli-progress cuts what is longer than a line, and takes
  // the codes of the colour for letters.
  const others = percentage.length + counts.length + painted.length + 3;
  const room = Math.min(MAX_BAR, columns - FREE_COLUMNS - others);
  if (room >= MIN_BAR) {
    const bar = "█".repeat(Math.floor(share * room)).padEnd(room);
    return `${percentage}|${bar}| ${counts}${painted}`;
  }
  return `${percentage} ${counts}${failed}`.slice(0, Math.max(0, columns - FREE_COLUMNS));
}

function shortTime(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}s`;
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  if (minutes < 60) return `${minutes}m${String(rest).padStart(2, "0")}s`;
  return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, "0")}m`;
}
