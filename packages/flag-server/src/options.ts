/** The three servers of the book: plain, slow, and unreliable. */
export type FlagListenerLabel = "LOCAL" | "DELAY" | "ERROR";

/** All labels, in the order of their ports. */
export const FLAG_LISTENER_LABELS: readonly FlagListenerLabel[] = Object.freeze([
  "LOCAL",
  "DELAY",
  "ERROR",
]);

/** Options of `startFlagServer` and `launchFlagServer`. */
export interface FlagServerOptions<Label extends FlagListenerLabel = FlagListenerLabel> {
  /**
   * The one address to listen on. Default: 127.0.0.1 and, where the machine has it, ::1 on the same port,
   * because a client may take `localhost` for either.
   */
  readonly host?: string;
  /**
   * Port of LOCAL; DELAY and ERROR take the next two, whether the others are started or not. With 0 each
   * listener takes a free one. An integer from 0; the last port is 65,535 at most. Default: 8001.
   */
  readonly port?: number;
  /** Which listeners to start, at least one. Default: all three. */
  readonly listeners?: readonly Label[];
  /**
   * Chooses which requests of ERROR fail and which are delayed. The same seed gives the same fate to each
   * path and attempt. A safe integer or any string; 1 and "1" are the same seed. Default: 1.
   */
  readonly seed?: number | string;
  /** How long a delayed reply waits, in milliseconds, an integer from 0. Default: 500. */
  readonly delayMs?: number;
  /** Share of the requests to ERROR that fail at once, from 0 to 1. Default: 0.25. */
  readonly errorRate?: number;
  /**
   * Share of the requests to ERROR that are delayed, from 0 to 1, of what the errors leave at most.
   * Default: 0.5.
   */
  readonly delayRate?: number;
  /**
   * How long `stop()` lets connections finish before it cuts them, in milliseconds, an integer from 0.
   * Default: 2000.
   */
  readonly graceMs?: number;
}

/** The options after checking, each with its value. */
export interface FlagServerSettings {
  readonly host: string | undefined;
  readonly port: number;
  readonly listeners: readonly FlagListenerLabel[];
  readonly seed: string;
  readonly delayMs: number;
  readonly errorRate: number;
  readonly delayRate: number;
  readonly graceMs: number;
}

/** Gives the name under which the user knows an option. */
export type OptionNaming = (option: keyof FlagServerOptions) => string;

const MAX_PORT = 65_535;
/** The longest time that Node's timers take; they would treat a longer one as 1 ms. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Checks the options and fills in the defaults.
 *
 * @param nameOf - How error messages call an option. Default: by its property name.
 * @throws {TypeError} When a value is of the wrong kind.
 * @throws {RangeError} When a number is out of range, or a label is unknown or stands twice.
 */
export function resolveOptions(
  options: FlagServerOptions | null = {},
  nameOf: OptionNaming = (option) => option,
): FlagServerSettings {
  if (typeof options !== "object" || options === null) {
    throw new TypeError("options must be an object");
  }
  const { host, port = 8001, listeners = FLAG_LISTENER_LABELS, seed = 1 } = options;
  const { delayMs = 500, errorRate = 0.25, delayRate = 0.5, graceMs = 2000 } = options;

  if (host !== undefined) checkHost(host, nameOf("host"));
  checkListeners(listeners, nameOf("listeners"));
  checkInteger(port, nameOf("port"), MAX_PORT - lastPortOffset(listeners));
  checkSeed(seed, nameOf("seed"));
  checkInteger(delayMs, nameOf("delayMs"), MAX_TIMER_MS);
  checkRate(errorRate, nameOf("errorRate"));
  checkRate(delayRate, nameOf("delayRate"));
  checkInteger(graceMs, nameOf("graceMs"), MAX_TIMER_MS);
  return {
    host,
    port,
    listeners: FLAG_LISTENER_LABELS.filter((label) => listeners.includes(label)),
    seed: String(seed),
    delayMs,
    errorRate,
    delayRate,
    graceMs,
  };
}

/** Gives the port that a listener has by these settings; 0 means any. */
export function portOf(label: FlagListenerLabel, port: number): number {
  return port === 0 ? 0 : port + FLAG_LISTENER_LABELS.indexOf(label);
}

function lastPortOffset(listeners: readonly FlagListenerLabel[]): number {
  return Math.max(...listeners.map((label) => FLAG_LISTENER_LABELS.indexOf(label)));
}

function checkHost(host: unknown, name: string): void {
  if (typeof host !== "string") throw new TypeError(`${name} must be a string, not ${show(host)}`);
  if (host === "") throw new RangeError(`${name} must not be empty`);
}

function checkListeners(listeners: unknown, name: string): void {
  if (!Array.isArray(listeners)) {
    throw new TypeError(`${name} must be an array of labels, not ${show(listeners)}`);
  }
  if (listeners.length === 0) throw new RangeError(`${name} must name at least one listener`);
  const known: readonly unknown[] = FLAG_LISTENER_LABELS;
  for (const [index, label] of listeners.entries()) {
    if (!known.includes(label)) {
      throw new RangeError(`${name} must be of ${known.join(", ")}, not ${show(label)}`);
    }
    if (listeners.indexOf(label) !== index) {
      throw new RangeError(`${name} must name each listener once, not ${show(label)} twice`);
    }
  }
}

function checkSeed(seed: unknown, name: string): void {
  if (typeof seed === "string" || Number.isSafeInteger(seed)) return;
  if (typeof seed === "number") {
    throw new RangeError(`${name} must be a safe integer or a string, not ${show(seed)}`);
  }
  throw new TypeError(`${name} must be a number or a string, not ${show(seed)}`);
}

function checkInteger(value: unknown, name: string, max: number): void {
  if (typeof value !== "number")
    throw new TypeError(`${name} must be a number, not ${show(value)}`);
  if (!Number.isInteger(value) || value < 0 || value > max) {
    throw new RangeError(`${name} must be an integer from 0 to ${max}, not ${show(value)}`);
  }
}

function checkRate(value: unknown, name: string): void {
  if (typeof value !== "number")
    throw new TypeError(`${name} must be a number, not ${show(value)}`);
  if (!(value >= 0 && value <= 1)) {
    throw new RangeError(`${name} must be from 0 to 1, not ${show(value)}`);
  }
}

/** Names a value within one line, whatever it is. */
function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" || typeof value === "boolean" || value == null)
    return String(value);
  return typeof value === "bigint" ? `${value}n` : `a value of type ${typeof value}`;
}
