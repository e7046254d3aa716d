import { Agent, type AgentOptions } from "node:http";
import { Connector } from "./connector.js";
import { https } from "./https.js";
import { Origin } from "./origin.js";
import type { RedirectHosts } from "./redirect.js";
import type { RequestHeaders } from "./request-headers.js";
import { TransferMeter } from "../shared/transfer-meter.js";
import { Slots } from "./slots.js";
import { sharedLookup } from "./shared-lookup.js";

/** Limits of the downloads made through one client. Plain data. */
export interface FlagClientOptions {
  /** Connections kept open to one server, an integer from 1: as many as downloads run at once. Default: 1. */
  readonly concurrency?: number;
  /** Longest time to make a connection, with TLS and through a proxy, in milliseconds from 1. Default: 10 000. */
  readonly connectTimeoutMs?: number;
  /** Longest wait without any data, before or after the headers, in milliseconds from 1. Default: 10 000. */
  readonly idleTimeoutMs?: number;
  /** Longest time for one flag with all its redirects, in milliseconds from 1. Default: 30 000. */
  readonly totalTimeoutMs?: number;
  /** Largest body in bytes, from 1. Default: 1 048 576 (1 MiB). */
  readonly maxBytes?: number;
  /**
   * Hosts (`"www.example.org"`, with the port if it is not the scheme's own) that redirects may lead to, or `"any"`.
   * Default: none.
   */
  readonly redirectHosts?: RedirectHosts;
  /** Redirects followed for one file, an integer from 0. Default: 5. */
  readonly maxRedirects?: number;
  /** Headers to send with each request; an empty value takes one of ours away. Default: none. */
  readonly headers?: RequestHeaders;
  /** Certificates of the authorities to trust instead of Node's own, in PEM. Default: Node's own. */
  readonly ca?: string;
  /** Whether to take any certificate, from anybody. Default: false. */
  readonly insecure?: boolean;
  /**
   * The proxy for all requests, `http://`, `https://`, `socks5://` and the like; empty for none. Default: those of the
   * environment.
   */
  readonly proxy?: string;
  /** Where to count what has come of files that are not done yet: from the plan of a run. Default: nowhere. */
  readonly meter?: SharedArrayBuffer;
}

/** The largest time that Node's timers take. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Connections and limits shared by many downloads; close it after the last one. */
export class FlagClient implements Disposable {
  readonly connectTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly maxBytes: number;
  readonly maxRedirects: number;
  readonly redirectHosts: RedirectHosts;
  readonly headers: RequestHeaders;
  readonly proxy: string | undefined;
  /** @internal */
  readonly meter: TransferMeter | undefined;

  readonly #concurrency: number;
  readonly #tls: Readonly<Record<string, unknown>>;
  readonly #connector: Connector;
  /** By protocol, or by the proxy of a tunnel. */
  readonly #agents = new Map<string, Agent>();
  readonly #origins = new Map<string, Origin>();

  constructor(options: FlagClientOptions = {}) {
    this.#concurrency = integer("concurrency", options.concurrency ?? 1, Number.MAX_SAFE_INTEGER);
    this.connectTimeoutMs = integer(
      "connectTimeoutMs",
      options.connectTimeoutMs ?? 10_000,
      MAX_TIMER_MS,
    );
    this.idleTimeoutMs = integer("idleTimeoutMs", options.idleTimeoutMs ?? 10_000, MAX_TIMER_MS);
    this.totalTimeoutMs = integer("totalTimeoutMs", options.totalTimeoutMs ?? 30_000, MAX_TIMER_MS);
    this.maxBytes = integer("maxBytes", options.maxBytes ?? 2 ** 20, Number.MAX_SAFE_INTEGER);
    this.maxRedirects = integer("maxRedirects", options.maxRedirects ?? 5, 1000, 0);
    this.redirectHosts =
      options.redirectHosts === "any" ? "any" : [...(options.redirectHosts ?? [])];
    this.headers = { ...options.headers };
    const { ca, insecure, meter } = options;
    this.proxy = options.proxy;
    this.meter = meter === undefined ? undefined : new TransferMeter(meter);
    this.#tls = {
      ...(ca === undefined ? {} : { ca }),
      ...(insecure === true ? { rejectUnauthorized: false } : {}),
    };
    this.#connector = new Connector(sharedLookup(), this.connectTimeoutMs, this.#tls);
  }

  /** Gives the kept connections to servers of a protocol, or to those behind a proxy. */
  agentFor(protocol: string, tunnel?: URL): Agent {
    const key = tunnel === undefined ? protocol : `${protocol} ${tunnel.href}`;
    const kept = this.#agents.get(key);
    if (kept !== undefined) return kept;
    const agent = this.newAgent(protocol, tunnel, {
      keepAlive: true,
      maxFreeSockets: this.#concurrency,
    });
    this.#agents.set(key, agent);
    return agent;
  }

  /**
   * Gives what is the same for all requests to the server of an address. @internal
   *
   * @throws {ProxyError} When the environment names a proxy for it that is none.
   */
  originOf(url: URL): Origin {
    let origin = this.#origins.get(url.origin);
    if (origin === undefined) {
      origin = new Origin(url, this, new Slots(this.#concurrency));
      this.#origins.set(url.origin, origin);
    }
    return origin;
  }

  /** Makes an agent that connects as all do. */
  newAgent(protocol: string, tunnel?: URL, options: AgentOptions = {}): Agent {
    const isTls = protocol === "https:";
    const agent = isTls ? new (https().Agent)({ ...options, ...this.#tls }) : new Agent(options);
    this.#connector.attach(agent, isTls ? "tls" : "plain", tunnel);
    return agent;
  }

  /** Closes the idle connections, and breaks those in use. */
  close(): void {
    this.#connector.close();
    for (const agent of this.#agents.values()) agent.destroy();
  }

  /** Does what {@link close} does, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Creates a client: the connections and the limits shared by many downloads.
 *
 * @throws {RangeError} When a number is no integer, or out of its range, or a time does not fit a timer
 *   (2 147 483 647 ms).
 * @example
 * using client = createFlagClient({ concurrency: 5, totalTimeoutMs: 5000 });
 * const result = await fetchFlag("http://localhost:8001/flags", "BR", { client });
 */
export function createFlagClient(options: FlagClientOptions = {}): FlagClient {
  return new FlagClient(options);
}

function integer(name: string, value: number, max: number, min = 1): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} must be an integer from ${min} to ${max}, not ${value}`);
  }
  return value;
}
