import { secondsLeft, type ProgressState } from "./progress-state.js";
import { size } from "./text.js";

/** Fewer bytes say nothing about a rate that the number of files does not. */
const MIN_BYTES = 100_000;

/** Writes how much came, and how fast, such as ` 12.3 MB 4.1 MB/s`; nothing while it is little. */
export function amount(bytes: number, elapsedSeconds: number): string {
  if (bytes < MIN_BYTES || elapsedSeconds <= 0) return "";
  return ` ${size(bytes)}${rate(bytes, elapsedSeconds)}`;
}

function rate(bytes: number, elapsedSeconds: number): string {
  if (bytes < MIN_BYTES || elapsedSeconds <= 0) return "";
  return ` ${size(bytes / elapsedSeconds)}/s`;
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
 * Writes one line such as ` 50%|████    | 10/20 [3s<3s] 12 MB 4 MB/s 2 failed`, which leaves some columns free. Where there
 * is less room it does without the bar, then without the time that has passed, then without the bytes.
 *
 * @param paint - Colours what has failed.
 */
export function progressLine(
  state: ProgressState,
  columns: number,
  paint: (text: string) => string,
): string {
  const { done, underWay, total, elapsedSeconds, failures, bytes } = state;
  const share = (done + underWay) / total;
  const percentage = `${Math.floor(share * 100)}%`.padStart(4);
  const files = `${String(done).padStart(String(total).length)}/${total}`;
  const left = shortTime(secondsLeft(state));
  const full = `${files} [${shortTime(elapsedSeconds)}<${left}]${amount(bytes, elapsedSeconds)}`;
  const failed = failures === 0 ? "" : ` ${failures} failed`;
  const painted = failures === 0 ? "" : paint(failed);
  // The two bars at the ends of the bar, and the space behind it. cli-progress cuts what is longer than a line, and takes
  // the codes of the colour for letters.
  const others = percentage.length + full.length + painted.length + 3;
  const room = Math.min(MAX_BAR, columns - FREE_COLUMNS - others);
  if (room >= MIN_BAR) {
    const bar = "█".repeat(Math.floor(share * room)).padEnd(room);
    return `${percentage}|${bar}| ${full}${painted}`;
  }
  const shorter = `${files} [<${left}]`;
  const lines = [
    full,
    `${shorter}${amount(bytes, elapsedSeconds)}`,
    `${shorter}${rate(bytes, elapsedSeconds)}`,
    shorter,
    files,
  ].map((counts) => `${percentage} ${counts}${failed}`);
  const most = Math.max(0, columns - FREE_COLUMNS);
  return lines.find(({ length }) => length <= most) ?? percentage.slice(0, most);
}

function shortTime(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}s`;
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  if (minutes < 60) return `${minutes}m${String(rest).padStart(2, "0")}s`;
  return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, "0")}m`;
}
