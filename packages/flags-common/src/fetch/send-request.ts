import type { Agent } from "node:http";
import { isIP } from "node:net";
import type { AxiosRequestConfig, AxiosResponse } from "axios";
import { errorCode } from "../shared/failure-reason.js";
import { directAdapter, hasProxyInEnvironment } from "./direct-adapter.js";
import type { FlagClient } from "./flag-client.js";
import { newAgent } from "./https.js";
import { judgeRedirect, MAX_REDIRECTS } from "./redirect.js";
import type { RequestTrace } from "./request-trace.js";

/** An answer with its whole body. */
export type Response = AxiosResponse<Uint8Array>;

/** One GET, with what its redirects need. */
export interface OutgoingRequest {
  readonly client: FlagClient;
  readonly signal: AbortSignal;
  readonly headers: Readonly<Record<string, string>>;
  /** Makes a fresh trace for each request that goes out. */
  readonly newTrace: () => RequestTrace;
}

/** Without compression, so that Content-Length is the length of the GIF. */
const HEADERS = { Accept: "image/gif", "Accept-Encoding": "identity" };

/** For axios' own adapter, which knows proxies. */
const PROXIED: AxiosRequestConfig = {
  adapter: "http",
  decompress: false,
  responseType: "arraybuffer",
  // Bytes are not to be changed. Axios' own look for forms among them, for which Node loads all of fetch first.
  transformRequest: [],
  transformResponse: [],
  maxRedirects: 0,
  validateStatus: () => true,
  transitional: { clarifyTimeoutError: true },
};

/** What a connection that the other side has closed comes to; a timeout, say, is no sign of it. */
const CLOSED_CODES = new Set(["ECONNRESET", "EPIPE"]);

/** Sends a GET and follows redirects; rejects with what axios throws. */
export async function sendRequest(
  start: URL,
  outgoing: OutgoingRequest,
): Promise<Response | { refused: string }> {
  let url = start;
  for (let hops = 0; ; hops += 1) {
    const response = await sendOnce(url, outgoing);
    const redirect = judgeRedirect(
      url,
      response.status,
      response.headers["location"],
      outgoing.client.redirectHosts,
    );
    if (redirect === undefined) return response;
    if ("refused" in redirect) return redirect;
    if (hops === MAX_REDIRECTS) return { refused: `more than ${MAX_REDIRECTS} redirects` };
    url = redirect.target;
  }
}

async function sendOnce(url: URL, outgoing: OutgoingRequest): Promise<Response> {
  const { client, signal, newTrace } = outgoing;
  const trace = newTrace();
  try {
    return await sendThrough(client.agentFor, url, trace, outgoing);
  } catch (error) {
    // The server may close an idle connection in the moment we send on it: the request was never read.
    const wasIdle = trace.reusedConnection && !trace.answered;
    if (signal.aborted || !wasIdle || !CLOSED_CODES.has(errorCode(error) ?? "")) throw error;
    return await sendThrough(newAgent, url, newTrace(), outgoing);
  }
}

function sendThrough(
  agentFor: (protocol: string) => Agent,
  url: URL,
  trace: RequestTrace,
  { client, signal, headers: own }: OutgoingRequest,
): Promise<Response> {
  const headers = { ...HEADERS, ...own };
  // A proxy named in the environment cannot reach this machine's own servers.
  const isDirect = isLoopback(url.hostname) || !hasProxyInEnvironment();
  return client.axios.request<Uint8Array>(
    isDirect
      ? {
          signal,
          adapter: directAdapter({ url, headers, agent: agentFor(url.protocol), trace }),
        }
      : {
          ...PROXIED,
          url: url.href,
          signal,
          headers,
          transport: trace,
          // The proxy may have another protocol than the address.
          httpAgent: agentFor("http:"),
          httpsAgent: agentFor("https:"),
        },
  );
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    hostname === "[::1]" ||
    (isIP(hostname) === 4 && hostname.startsWith("127."))
  );
}
