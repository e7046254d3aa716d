import type { Agent, IncomingMessage } from "node:http";
import type { AxiosResponse } from "axios";
import { errorCode } from "../shared/failure-reason.js";
import { discard } from "./body.js";
import { Cookies } from "./cookies.js";
import { directAdapter } from "./direct-adapter.js";
import { USER_AGENT, type FlagClient } from "./flag-client.js";
import { isTunnel, proxyFor } from "./proxy.js";
import { judgeRedirect } from "./redirect.js";
import {
  headersToSend,
  impersonalHeaders,
  mergedHeaders,
  type RequestHeaders,
} from "./request-headers.js";
import type { RequestTrace } from "./request-trace.js";

/** An answer whose body is still to be read. */
export type Response = AxiosResponse<IncomingMessage>;

/** One GET, with what its redirects need. */
export interface OutgoingRequest {
  readonly client: FlagClient;
  readonly signal: AbortSignal;
  readonly headers: RequestHeaders;
  /** Makes a fresh trace for each request that goes out. */
  readonly newTrace: () => RequestTrace;
}

/** Without compression, so that Content-Length is the length of the GIF. */
const HEADERS = { "User-Agent": USER_AGENT, Accept: "image/gif", "Accept-Encoding": "identity" };

/** What a connection that the other side has closed comes to; a timeout, say, is no sign of it. */
const CLOSED_CODES = new Set(["ECONNRESET", "EPIPE"]);

/** Sends a GET and follows redirects; rejects with what axios throws. */
export async function sendRequest(
  start: URL,
  outgoing: OutgoingRequest,
): Promise<Response | { refused: string }> {
  const { client } = outgoing;
  const cookies = new Cookies();
  let url = start;
  let given = client.headers;
  for (let hops = 0; ; hops += 1) {
    const headers = headersToSend(
      mergedHeaders(HEADERS, outgoing.headers, cookies.headerFor(url), given),
    );
    const response = await sendOnce(url, { ...outgoing, headers });
    const redirect = judgeRedirect(
      url,
      response.status,
      response.headers["location"],
      client.redirectHosts,
    );
    if (redirect === undefined) return response;
    await discard(response.data);
    if ("refused" in redirect) return redirect;
    if (hops === client.maxRedirects) return { refused: moreThan(hops) };
    cookies.take(url, response.headers["set-cookie"]);
    // What was left once is another's, whoever sends us back.
    if (redirect.target.origin !== url.origin) given = impersonalHeaders(given);
    url = redirect.target;
  }
}

function moreThan(redirects: number): string {
  if (redirects === 0) return "redirect refused";
  return `more than ${redirects} redirect${redirects === 1 ? "" : "s"}`;
}

async function sendOnce(url: URL, outgoing: OutgoingRequest): Promise<Response> {
  const { client, signal, newTrace } = outgoing;
  const proxy = proxyFor(url, client.proxy);
  const tunnel = proxy !== undefined && isTunnel(proxy, url) ? proxy : undefined;
  const nearProxy = tunnel === undefined ? proxy : undefined;
  const { protocol } = nearProxy ?? url;
  const slots = client.slotsFor(url.origin);
  const send = async (agent: Agent, trace: RequestTrace): Promise<Response> => {
    const { headers } = outgoing;
    await slots.take(signal);
    let isTaken = true;
    const onClose = (): void => {
      if (isTaken) slots.give();
      isTaken = false;
    };
    const adapter = directAdapter({ url, headers, agent, trace, onClose, proxy: nearProxy });
    try {
      return await client.axios.request({ signal, adapter });
    } catch (error) {
      onClose();
      throw error;
    }
  };
  const trace = newTrace();
  try {
    return await send(client.agentFor(protocol, tunnel), trace);
  } catch (error) {
    // The server may close an idle connection in the moment we send on it: the request was never read.
    const wasIdle = trace.reusedConnection && !trace.answered;
    if (signal.aborted || !wasIdle || !CLOSED_CODES.has(errorCode(error) ?? "")) throw error;
    return await send(client.newAgent(protocol, tunnel), newTrace());
  }
}
