import { loadStaticFiles, type StaticFiles } from "./assets.js";
import { bindHost, bindLoopback, listenError } from "./binding.js";
import { FlagListener, type FlagListenerStats, type ListenerProfile } from "./listener.js";
import {
  portOf,
  resolveOptions,
  type FlagListenerLabel,
  type FlagServerOptions,
  type FlagServerSettings,
} from "./options.js";

/** A running flag server in this process. */
export interface FlagServer<
  Label extends FlagListenerLabel = FlagListenerLabel,
> extends AsyncDisposable {
  /** Base URL of each listener, such as `http://localhost:8001/flags`: append `/us/us.gif`. */
  readonly urls: Readonly<Record<Label, string>>;
  /** Port of each listener. */
  readonly ports: Readonly<Record<Label, number>>;
  /** Counts requests and connections of each listener since the start. */
  stats(): Readonly<Record<Label, FlagListenerStats>>;
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
  const files = await loadStaticFiles();
  const running = new Map<FlagListenerLabel, RunningListener>();
  const stopAll = async (graceMs: number): Promise<void> => {
    await Promise.all(Array.from(running.values(), ({ listener }) => listener.stop(graceMs)));
  };

  for (const label of settings.listeners) {
    try {
      running.set(label, await open(label, settings, files));
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
  const stop = (): Promise<void> => (stopping ??= stopAll(settings.graceMs));
  return {
    urls: byLabel(({ port }) => `http://${clientHost(settings.host)}:${port}/flags`),
    ports: byLabel(({ port }) => port),
    stats: () => byLabel(({ listener }) => listener.stats()),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function open(
  label: FlagListenerLabel,
  settings: FlagServerSettings,
  files: StaticFiles,
): Promise<RunningListener> {
  const { host } = settings;
  const listener = new FlagListener(profileOf(label, settings), files);
  const create = () => listener.createServer();
  const port = portOf(label, settings.port);
  try {
    const bound = await (host === undefined
      ? bindLoopback(create, port)
      : bindHost(create, host, port));
    return { listener, port: bound.port };
  } catch (error) {
    throw listenError(label, port, host ?? "127.0.0.1", error);
  }
}

function profileOf(label: FlagListenerLabel, settings: FlagServerSettings): ListenerProfile {
  const { seed, delayMs, errorRate, delayRate } = settings;
  const rates = {
    LOCAL: { errorRate: 0, delayRate: 0 },
    DELAY: { errorRate: 0, delayRate: 1 },
    ERROR: { errorRate, delayRate },
  };
  return { label, seed, delayMs, ...rates[label] };
}

/** Gives the host that a client on this machine puts into its URL. */
function clientHost(host: string | undefined): string {
  if (host === undefined || host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}
