import http from "node:http";
import https from "node:https";
import { Axios, type AxiosInstance } from "axios";

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

  readonly #agents: readonly http.Agent[];

  constructor(options: FlagClientOptions = {}) {
    const maxSockets = positive("concurrency", options.concurrency ?? 1, Number.MAX_SAFE_INTEGER);
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

    const httpAgent = new http.Agent({ keepAlive: true, maxSockets });
    const httpsAgent = new https.Agent({ keepAlive: true, maxSockets });
    this.#agents = [httpAgent, httpsAgent];
    this.axios = new Axios({
      httpAgent,
      httpsAgent,
      method: "GET",
      // Without compression, so that Content-Length is the length of the GIF.
      headers: { Accept: "image/gif", "Accept-Encoding": "identity" },
      decompress: false,
      responseType: "arraybuffer",
      // Bytes are not to be changed. Axios' own look for forms among them, for which Node loads all of fetch first.
      transformRequest: [],
      transformResponse: [],
      maxContentLength: this.maxBytes,
      maxRedirects: 0,
      validateStatus: () => true,
      timeout: this.idleTimeoutMs,
      transitional: { clarifyTimeoutError: true },
    });
  }

  /** Closes the idle connections, and breaks those in use. */
  close(): void {
    for (const agent of this.#agents) agent.destroy();
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
