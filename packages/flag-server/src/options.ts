import { FLAG_LISTENER_LABELS, type FlagListenerLabel } from "./listener-label.js";
import {
  checkBoolean,
  checkFiles,
  checkHost,
  checkInteger,
  checkListeners,
  checkRate,
  checkSeed,
  checkTls,
  checkToken,
  isNamed,
} from "./option-checks.js";
import type { KeyAndCertificate } from "./tls/certificate.js";
import type { FlagServerFiles } from "./own-files.js";
import { checkProfile, checkRules } from "./rules/check-rules.js";
import { namedProfile, type FaultProfileName } from "./rules/profiles.js";
import type { FaultProfile, FaultRule } from "./rules/rule.js";

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
  /**
   * Lets the listeners speak TLS: `true` with a new certificate for this machine's names and addresses, which
   * `certificate` gives; or a key and a certificate as PEM. Default: false.
   */
  readonly tls?: boolean | KeyAndCertificate;
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
  /**
   * What goes wrong: the name of a profile, or one of your own. Default: `"book1"`, which the options
   * `delayMs`, `errorRate` and `delayRate` are about.
   */
  readonly profile?: FaultProfileName | FaultProfile;
  /** Rules that stand before those of the profile, and so are asked first. Default: none. */
  readonly rules?: readonly FaultRule[];
  /**
   * Files to serve on all listeners beside the flags, or in place of them: by URL path, or a folder. They are
   * read into memory at the start. Default: none.
   */
  readonly files?: FlagServerFiles;
  /**
   * Lets each request ask for a fault: `X-Fault` holds one as JSON, and `X-Fault-Run` names a run that has
   * attempts of its own. Default: false.
   */
  readonly faultHeaders?: boolean;
  /**
   * Opens one more listener, on loopback addresses alone, with the page, the rules, the journal and the
   * metrics. Default: false.
   */
  readonly control?: boolean;
  /**
   * Port of the control listener, an integer from 0; giving it opens the listener. Default: the third after
   * LOCAL's if it is free, or any.
   */
  readonly controlPort?: number;
  /**
   * The one address of the control listener, for programs on other machines and in other containers; giving
   * it opens the listener. One that is no loopback address wants a `controlToken`. Default: 127.0.0.1 and ::1.
   */
  readonly controlHost?: string;
  /**
   * What whoever uses the control API must send, as `Authorization: Bearer <token>` (RFC 6750): 16 to 200
   * letters, digits and `-._~+/`, perhaps with `=` at the end. Giving it opens the listener. Default: none.
   */
  readonly controlToken?: string;
}

/** The options after checking, each with its value. */
export interface FlagServerSettings {
  readonly host: string | undefined;
  readonly port: number;
  readonly listeners: readonly FlagListenerLabel[];
  readonly seed: string;
  readonly graceMs: number;
  /** `true`: with a certificate that is still to be made. */
  readonly tls: true | KeyAndCertificate | undefined;
  /** The profile with the rules of one's own before its own. */
  readonly profile: FaultProfile;
  readonly files: FlagServerFiles | undefined;
  readonly faultHeaders: boolean;
  readonly control: boolean;
  /** `undefined`: whichever is best. */
  readonly controlPort: number | undefined;
  readonly controlHost: string | undefined;
  readonly controlToken: string | undefined;
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
  const { profile = "book1", rules = [], files, faultHeaders = false } = options;
  const { tls = false } = options;
  const { controlPort, controlHost, controlToken, control = isControlAsked(options) } = options;

  if (host !== undefined) checkHost(host, nameOf("host"));
  checkListeners(listeners, nameOf("listeners"));
  checkInteger(port, nameOf("port"), MAX_PORT - lastPortOffset(listeners));
  checkSeed(seed, nameOf("seed"));
  checkInteger(delayMs, nameOf("delayMs"), MAX_TIMER_MS);
  checkRate(errorRate, nameOf("errorRate"));
  checkRate(delayRate, nameOf("delayRate"));
  checkInteger(graceMs, nameOf("graceMs"), MAX_TIMER_MS);
  checkFiles(files, nameOf("files"));
  checkTls(tls, nameOf("tls"));
  checkBoolean(faultHeaders, nameOf("faultHeaders"));
  checkBoolean(control, nameOf("control"));
  if (controlPort !== undefined) checkInteger(controlPort, nameOf("controlPort"), MAX_PORT);
  if (controlHost !== undefined) checkHost(controlHost, nameOf("controlHost"));
  if (controlToken !== undefined) checkToken(controlToken, nameOf("controlToken"));
  if (!isLoopback(controlHost) && controlToken === undefined) {
    throw new RangeError(
      `${nameOf("controlHost")} needs ${nameOf("controlToken")}: others can reach ${String(controlHost)}`,
    );
  }
  const base = isNamed(profile, nameOf("profile"))
    ? namedProfile(profile, { delayMs, errorRate, delayRate })
    : checkProfile(profile, nameOf("profile"));
  checkRules(rules, nameOf("rules"));
  return {
    host,
    port,
    listeners: FLAG_LISTENER_LABELS.filter((label) => listeners.includes(label)),
    seed: String(seed),
    graceMs,
    tls: tls === false ? undefined : tls,
    // Checked once more: a name may be in both.
    profile: { ...base, rules: checkRules([...rules, ...base.rules], nameOf("rules")) },
    files,
    faultHeaders,
    control,
    controlPort,
    controlHost,
    controlToken,
  };
}

/** Tells whether one of the options is about the control listener, which opens it. */
export function isControlAsked(options: FlagServerOptions): boolean {
  const { controlPort, controlHost, controlToken } = options;
  return [controlPort, controlHost, controlToken].some((value) => value !== undefined);
}

/** Tells whether nobody but this machine can reach an address; the default ones are such. */
export function isLoopback(host: string | undefined): boolean {
  return (
    host === undefined || host === "localhost" || host === "::1" || /^127(\.\d+){3}$/.test(host)
  );
}

/** Gives the port that a listener has by these settings; 0 means any. */
export function portOf(label: FlagListenerLabel, port: number): number {
  return port === 0 ? 0 : port + FLAG_LISTENER_LABELS.indexOf(label);
}

function lastPortOffset(listeners: readonly FlagListenerLabel[]): number {
  return Math.max(...listeners.map((label) => FLAG_LISTENER_LABELS.indexOf(label)));
}
