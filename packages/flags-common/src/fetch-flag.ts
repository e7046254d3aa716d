import http, { STATUS_CODES } from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import type { AxiosResponse } from "axios";
import { describeFailure } from "./describe-failure.js";
import { printable } from "./failure-reason.js";
import { createFlagClient, type FlagClient } from "./flag-client.js";
import type { FetchResult, FlagFailure } from "./flag-result.js";
import { findGifFault } from "./gif.js";
import { judgeRedirect, MAX_REDIRECTS } from "./redirect.js";
import { RequestTrace } from "./request-trace.js";

/** How to fetch one flag. */
export interface FetchFlagOptions {
  /** Connections and limits shared with other downloads. Default: a client for this one call. */
  readonly client?: FlagClient;
  /** Aborting it ends the download at once, with the code `INTERRUPTED`. */
  readonly signal?: AbortSignal;
}

type Response = AxiosResponse<Uint8Array>;

/**
 * Fetches `<baseUrl>/br/br.gif` and answers only with a whole GIF.
 *
 * The body is checked against Content-Length, Content-Type (image/gif, or none at all), the GIF signature
 * and the GIF trailer. 404 means that there is no such flag; every other status but 200 is a failure, also
 * 204 or 304. Up to 5 redirects are followed, on the same host. A connection that the server closed
 * while it lay idle is replaced once. Everything that goes wrong on the way is an answer, not an exception.
 *
 * The counterpart of `get_flag` in the Python programs.
 *
 * @param baseUrl - An http or https address without a slash at the end.
 * @param cc - Two ASCII letters in any case.
 * @throws {TypeError} (as a rejection) When `cc` is no country code or `baseUrl` is no http address.
 * @example
 * const result = await fetchFlag("http://localhost:8001/flags", "BR");
 * if (result.status === "ok") result.bytes.length; // => 2918
 */
export async function fetchFlag(
  baseUrl: string,
  cc: string,
  options: FetchFlagOptions = {},
): Promise<FetchResult> {
  const url = flagUrl(baseUrl, cc);
  if (options.client !== undefined) return fetchWithin(url, cc, options.client, options.signal);
  using client = createFlagClient();
  return await fetchWithin(url, cc, client, options.signal);
}

function flagUrl(baseUrl: string, cc: string): URL {
  if (!/^[A-Za-z]{2}$/.test(cc)) throw new TypeError(`not a country code: ${printable(cc)}`);
  const name = cc.toLowerCase();
  const url = new URL(`${baseUrl}/${name}/${name}.gif`);
  if (!/^https?:$/.test(url.protocol)) {
    throw new TypeError(`not an http address: ${printable(baseUrl)}`);
  }
  return url;
}

/** Sets the clock for one flag. axios' own `timeout` never ends a body that drips. */
async function fetchWithin(
  url: URL,
  cc: string,
  client: FlagClient,
  userSignal: AbortSignal | undefined,
): Promise<FetchResult> {
  const clock = new AbortController();
  const timer = setTimeout(() => clock.abort(), client.totalTimeoutMs);
  const signal =
    userSignal === undefined ? clock.signal : AbortSignal.any([userSignal, clock.signal]);
  let trace = new RequestTrace(client.connectTimeoutMs);
  try {
    const response = await followRedirects(url, client, signal, () => {
      trace = new RequestTrace(client.connectTimeoutMs);
      return trace;
    });
    return "refused" in response
      ? { status: "error", cc, code: "REDIRECT", reason: response.refused }
      : judge(cc, response);
  } catch (error) {
    // axios says only "canceled": which of the two it was, the signals know.
    const stoppedBy = userSignal?.aborted ? "user" : clock.signal.aborted ? "clock" : undefined;
    return { status: "error", cc, ...describeFailure(error, { trace, client, stoppedBy, url }) };
  } finally {
    clearTimeout(timer);
  }
}

async function followRedirects(
  start: URL,
  client: FlagClient,
  signal: AbortSignal,
  newTrace: () => RequestTrace,
): Promise<Response | { refused: string }> {
  let url = start;
  for (let hops = 0; ; hops += 1) {
    const response = await request(url, client, signal, newTrace);
    const redirect = judgeRedirect(
      url,
      response.status,
      response.headers["location"],
      client.redirectHosts,
    );
    if (redirect === undefined) return response;
    if ("refused" in redirect) return redirect;
    if (hops === MAX_REDIRECTS) return { refused: `more than ${MAX_REDIRECTS} redirects` };
    url = redirect.target;
  }
}

async function request(
  url: URL,
  client: FlagClient,
  signal: AbortSignal,
  newTrace: () => RequestTrace,
): Promise<Response> {
  const trace = newTrace();
  const config = {
    url: url.href,
    signal,
    // A proxy named in the environment cannot reach this machine's own servers.
    ...(isLoopback(url.hostname) ? { proxy: false as const } : {}),
  };
  try {
    return await client.axios.request<Uint8Array>({ ...config, transport: trace });
  } catch (error) {
    // The server may close an idle connection in the moment we send on it: the request was never read.
    if (signal.aborted || trace.answered || !trace.reusedConnection) throw error;
    return await client.axios.request<Uint8Array>({
      ...config,
      transport: newTrace(),
      httpAgent: new http.Agent(),
      httpsAgent: new https.Agent(),
    });
  }
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    hostname === "[::1]" ||
    (isIP(hostname) === 4 && hostname.startsWith("127."))
  );
}

function judge(cc: string, response: Response): FetchResult {
  const fail = (code: FlagFailure["code"], reason: string): FlagFailure => ({
    status: "error",
    cc,
    code,
    reason,
  });
  if (response.status === 404) return { status: "notFound", cc };
  if (response.status !== 200) {
    const phrase = response.statusText || (STATUS_CODES[response.status] ?? "unknown status");
    return {
      ...fail("HTTP_STATUS", `HTTP ${response.status} - ${printable(phrase)}`),
      httpStatus: response.status,
    };
  }
  const bytes = new Uint8Array(response.data);
  // Node counts too, and breaks the answer off; this does not rely on it, nor on what axios hands over.
  const expected = response.headers["content-length"];
  if (typeof expected === "string" && Number(expected) !== bytes.length) {
    return fail("TRUNCATED", `body is truncated (${bytes.length} of ${expected} bytes)`);
  }
  const type = response.headers["content-type"];
  if (typeof type === "string" && !/^image\/gif\s*(;|$)/i.test(type)) {
    return fail("NOT_A_GIF", `not a GIF (${printable(type.split(";", 1)[0] ?? "")})`);
  }
  const fault = findGifFault(bytes);
  return fault === undefined ? { status: "ok", cc, bytes } : fail(fault.code, fault.reason);
}
