import { Agent } from "node:http";
import { Axios, type AxiosInstance } from "axios";
import { newAgent } from "./https.js";
import { sharedLookup } from "./shared-lookup.js";

/** Limits of the downloads made through one client. */
export interface FlagClientOptions {
  /** Connections kept open to one server, an integer from 1: as many as downloads run at once. Default: 1. */
  readonly concurrency?: number;
  /** Longest time to make a connection, in milliseconds from 1. Default: 10 000. */
  readonly connectTimeoutMs?: number;
  /** Longest wait without any data, before or after the headers, in milliseconds from 1. Default: 10 000. */
  readonly idleTimeoutMs?: number;
  /** Longest time for one flag with all its redirects, in milliseconds from 1. Default: 30 000. */
  readonly totalTimeoutMs?: number;
  /** Largest body in bytes, from 1. Default: 1 048 576 (1 MiB). */
  readonly maxBytes?: number;
  /** Hosts (`"www.example.org"`, with the port if it is not the scheme's own) that redirects may lead to. Default: none. */
  readonly redirectHosts?: readonly string[];
}

/** The largest time that Node's timers take. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Connections and limits shared by many downloads; close it after the last one. */
export class FlagClient implements Disposable {
  readonly connectTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly maxBytes: number;
  readonly redirectHosts: readonly string[];
  /** An instance of axios of our own: interceptors and defaults of the program around do not reach it. */
  readonly axios: Pick<AxiosInstance, "request">;

  readonly #maxSockets: number;
  readonly #lookup = sharedLookup();
  #httpAgent: Agent | undefined;
  #httpsAgent: Agent | undefined;

  constructor(options: FlagClientOptions = {}) {
    this.#maxSockets = positive("concurrency", options.concurrency ?? 1, Number.MAX_SAFE_INTEGER);
    this.connectTimeoutMs = positive(
      "connectTimeoutMs",
      options.connectTimeoutMs ?? 10_000,
      MAX_TIMER_MS,
    );
    this.idleTimeoutMs = positive("idleTimeoutMs", options.idleTimeoutMs ?? 10_000, MAX_TIMER_MS);
    this.totalTimeoutMs = positive(
      "totalTimeoutMs",
      options.totalTimeoutMs ?? 30_000,
      MAX_TIMER_MS,
    );
    this.maxBytes = positive("maxBytes", options.maxBytes ?? 2 ** 20, Number.MAX_SAFE_INTEGER);
    this.redirectHosts = [...(options.redirectHosts ?? [])];
    // What axios' own adapter needs besides is added where it is used: axios merges every key anew for each request.
    this.axios = new Axios({
      method: "GET",
      timeout: this.idleTimeoutMs,
      maxContentLength: this.maxBytes,
    });
  }

  /** Gives the kept connections to servers of a protocol. */
  readonly agentFor = (protocol: string): Agent => {
    const options = { keepAlive: true, maxSockets: this.#maxSockets, lookup: this.#lookup };
    if (protocol === "https:") return (this.#httpsAgent ??= newAgent(protocol, options));
    return (this.#httpAgent ??= newAgent(protocol, options));
  };

  /** Closes the idle connections, and breaks those in use. */
  close(): void {
    this.#httpAgent?.destroy();
    this.#httpsAgent?.destroy();
  }

  /** Does what {@link close} does, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Creates a client: the connections and the limits shared by many downloads.
 *
 * @throws {RangeError} When an option is not an integer of at least 1, or a time does not fit a timer
 *   (2 147 483 647 ms).
 * @example
 * using client = createFlagClient({ concurrency: 5, totalTimeoutMs: 5000 });
 * const result = await fetchFlag("http://localhost:8001/flags", "BR", { client });
 */
export function createFlagClient(options: FlagClientOptions = {}): FlagClient {
  return new FlagClient(options);
}

function positive(name: string, value: number, max: number): number {
  if (!Number.isInteger(value) || value < 1 || value > max) {
    throw new RangeError(`${name} must be an integer from 1 to ${max}, not ${value}`);
  }
  return value;
}
