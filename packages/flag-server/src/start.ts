import { hostname, networkInterfaces } from "node:os";
import { createSecureContext } from "node:tls";

import { loadStaticFiles } from "./assets.js";
import { bindHost, bindLoopback, listenError } from "./binding.js";
import { openControl, type ControlListener } from "./control/control-listener.js";
import type { FlagListenerStats } from "./counters.js";
import { Journal, type JournalEntry, type JournalQuery } from "./journal.js";
import type { FlagListenerLabel } from "./listener-label.js";
import { FlagListener } from "./listener.js";
import {
  portOf,
  resolveOptions,
  type FlagServerOptions,
  type FlagServerSettings,
} from "./options.js";
import { loadOwnFiles } from "./own-files.js";
import type { ListenerContext } from "./request-handler.js";
import { checkLimits, checkRules } from "./rules/check-rules.js";
import { RuleBook } from "./rules/rule-book.js";
import type { FaultLimits, FaultRule } from "./rules/rule.js";
import { makeCertificate } from "./tls/certificate.js";

/** A running flag server in this process. */
export interface FlagServer<
  Label extends FlagListenerLabel = FlagListenerLabel,
> extends AsyncDisposable {
  /** Base URL of each listener, such as `http://localhost:8001/flags`: append `/us/us.gif`. */
  readonly urls: Readonly<Record<Label, string>>;
  /** Origin of each listener, such as `http://localhost:8001`: append the path of a file of your own. */
  readonly origins: Readonly<Record<Label, string>>;
  /** Port of each listener. */
  readonly ports: Readonly<Record<Label, number>>;
  /** Where the page and the control API are, such as `http://localhost:8004/`. Absent without `control`. */
  readonly controlUrl?: string;
  /** With `tls`: the certificate as PEM, for clients to trust as their `ca`. */
  readonly certificate?: string;
  /** The rules in force, in their order. */
  readonly rules: readonly FaultRule[];
  /** Counts requests and connections of each listener since the start or the last `reset()`. */
  stats(): Readonly<Record<Label, FlagListenerStats>>;
  /**
   * Lists the requests that were received, oldest first: the last 10,000 since the start or the last
   * `reset()`. With a query only those that it means, so `journal({ code: "US" }).length` counts them.
   */
  journal(query?: JournalQuery): JournalEntry[];
  /**
   * Puts other rules in place of all that are in force. Requests under way keep their fate. Attempts go on
   * counting.
   *
   * @param limits - Default: those in force stay.
   * @throws {TypeError} When a value is of the wrong kind; the message names its path.
   * @throws {RangeError} When a value is out of range; the rules in force stay.
   */
  setRules(rules: readonly FaultRule[], limits?: FaultLimits): void;
  /**
   * Switches one rule on or off.
   *
   * @throws {RangeError} When there is no rule of this name.
   */
  setRuleEnabled(name: string, enabled: boolean): void;
  /**
   * Begins anew, as if the server had just been started: the rules of the start, attempts from 1, an empty
   * journal, counts from 0. Connections stay open.
   */
  reset(): void;
  /**
   * Stops all listeners. Delayed replies are sent at once, other requests in flight have `graceMs` to end,
   * then every connection is cut. Calling it again waits for the same end.
   */
  stop(): Promise<void>;
}

/**
 * Starts a server of flag images in this process: LOCAL answers at once, DELAY after half a second, and
 * ERROR fails a quarter of the requests and delays half, as in *Fluent Python*.
 *
 * The fate of a request to ERROR hangs on the seed, its path and how often that path was asked for, so a
 * run is repeatable at any concurrency. Resolves when all listeners accept connections; while it runs it
 * keeps the process alive.
 *
 * @throws {TypeError} At the call, when an option is of the wrong kind.
 * @throws {RangeError} At the call, when an option is out of range.
 * @returns Rejects, with no listener left open, when one cannot listen; `code` is the system's, such as
 *   `EADDRINUSE`.
 * @example
 * await using server = await startFlagServer({ port: 0 });
 * const response = await fetch(`${server.urls.LOCAL}/us/us.gif`);
 * response.headers.get("content-type"); // => "image/gif"
 */
export function startFlagServer<const Label extends FlagListenerLabel = FlagListenerLabel>(
  options: FlagServerOptions<Label> = {},
): Promise<FlagServer<Label>> {
  return start(resolveOptions(options));
}

interface RunningListener {
  readonly listener: FlagListener;
  readonly port: number;
}

async function start(settings: FlagServerSettings): Promise<FlagServer> {
  const own = await loadOwnFiles(settings.files);
  const pair = settings.tls === true ? makeCertificate(namesOf(settings.host)) : settings.tls;
  const scheme = pair === undefined ? "http" : "https";
  const shared = {
    seed: settings.seed,
    files: new Map([...(await loadStaticFiles()), ...own]),
    rules: new RuleBook(settings.profile),
    journal: new Journal(),
    faultHeaders: settings.faultHeaders,
    secureContext: pair === undefined ? undefined : createSecureContext(pair),
    homePage: () => controlUrl,
  };
  let controlUrl: string | undefined;
  const { rules, journal } = shared;
  const running = new Map<FlagListenerLabel, RunningListener>();
  const stopAll = async (graceMs: number): Promise<void> => {
    await Promise.all(Array.from(running.values(), ({ listener }) => listener.stop(graceMs)));
  };

  for (const label of settings.listeners) {
    try {
      running.set(label, await open(settings, { ...shared, label }));
    } catch (error) {
      await stopAll(0);
      throw error;
    }
  }
  const reset = (): void => {
    rules.restore();
    journal.reset();
    for (const { listener } of running.values()) listener.reset();
  };
  let control: ControlListener | undefined;
  if (settings.control) {
    try {
      control = await openControl(
        {
          ...shared,
          token: settings.controlToken,
          certificate: pair?.cert,
          listeners: withOrigins(running, ({ port }) => originOf(scheme, settings.host, port)),
          reset,
        },
        {
          host: settings.controlHost,
          port: settings.controlPort,
          preferredPort: preferredControlPort(settings.port),
        },
      );
      controlUrl = `${originOf("http", settings.controlHost, control.port)}/`;
    } catch (error) {
      await stopAll(0);
      throw error;
    }
  }

  // Holds the labels that were asked for, which are those that the caller's type names.
  const byLabel = <Value>(valueOf: (one: RunningListener) => Value) =>
    Object.fromEntries(Array.from(running, ([label, one]) => [label, valueOf(one)])) as Readonly<
      Record<FlagListenerLabel, Value>
    >;
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    (stopping ??= Promise.all([stopAll(settings.graceMs), control?.stop()]).then(() => undefined));
  return {
    urls: byLabel(({ port }) => `${originOf(scheme, settings.host, port)}/flags`),
    origins: byLabel(({ port }) => originOf(scheme, settings.host, port)),
    ports: byLabel(({ port }) => port),
    get rules() {
      return rules.rules;
    },
    stats: () => byLabel(({ listener }) => listener.stats()),
    journal: (query) => journal.find(query),
    setRules: (value, limits) => {
      rules.replace(checkRules(value), limits === undefined ? undefined : checkLimits(limits));
    },
    setRuleEnabled: (name, enabled) => {
      if (!rules.setEnabled(name, enabled)) throw new RangeError(`there is no rule ${name}`);
    },
    reset,
    ...(controlUrl === undefined ? {} : { controlUrl }),
    ...(pair === undefined ? {} : { certificate: pair.cert }),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function open(
  { host, port: firstPort }: FlagServerSettings,
  context: ListenerContext,
): Promise<RunningListener> {
  const { label } = context;
  const listener = new FlagListener(context);
  const create = () => listener.createServer();
  const port = portOf(label, firstPort);
  try {
    const bound = await (host === undefined
      ? bindLoopback(create, port)
      : bindHost(create, host, port));
    return { listener, port: bound.port };
  } catch (error) {
    throw listenError(label, port, host ?? "127.0.0.1", error);
  }
}

function withOrigins(
  running: ReadonlyMap<FlagListenerLabel, RunningListener>,
  origin: (one: RunningListener) => string,
) {
  return new Map(
    Array.from(running, ([label, one]) => [label, { listener: one.listener, origin: origin(one) }]),
  );
}

/** The port after those of all listeners; 0 means any. */
function preferredControlPort(port: number): number {
  return port === 0 || port + 3 > 65_535 ? 0 : port + 3;
}

/** Gives the origin that a client on this machine puts into its URL. */
function originOf(scheme: string, host: string | undefined, port: number): string {
  if (host === undefined || isEverywhere(host)) return `${scheme}://localhost:${port}`;
  return `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function isEverywhere(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

/** What clients may call this machine in a URL: a certificate has to name it. */
function namesOf(host: string | undefined): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const outside = addresses.map(({ address }) => address.replace(/%.*/, ""));
  const names = ["localhost", hostname(), "127.0.0.1", "::1", ...outside];
  return [...new Set(host === undefined || isEverywhere(host) ? names : [...names, host])];
}
