import type { Agent, IncomingMessage } from "node:http";
import type { RequestOptions } from "node:https";
import { errorCode } from "../shared/failure-reason.js";
import { discard } from "./body.js";
import { Cookies } from "./cookies.js";
import type { Cutoff } from "./cutoff.js";
import type { FlagClient } from "./flag-client.js";
import type { Failure } from "./flag-result.js";
import type { Origin } from "./origin.js";
import { judgeRedirect } from "./redirect.js";
import { impersonalHeaders, type RequestHeaders } from "./request-headers.js";
import type { RequestTrace } from "./request-trace.js";
import { sendStraight, type Sending } from "./send-straight.js";

/** One GET, with what its redirects need. */
export interface OutgoingRequest {
  readonly client: FlagClient;
  readonly cutoff: Cutoff;
  /** Headers that say what is wanted; those of the client go over them. */
  readonly asked: RequestHeaders;
  /** Makes a fresh trace for each request that goes out. */
  readonly newTrace: () => RequestTrace;
}

/** A redirect that is not followed, with the limit that it passed, if any. */
interface RefusedRedirect extends Pick<Failure, "limit"> {
  readonly refused: string;
}

/** What a connection that the other side has closed comes to; a timeout, say, is no sign of it. */
const CLOSED_CODES = new Set(["ECONNRESET", "EPIPE"]);

/**
 * Sends a GET and follows redirects; the body of the answer is still to be read.
 *
 * The plain way, which nearly every file goes, is node:http alone. What leads elsewhere goes through axios.
 */
export async function sendRequest(
  start: URL,
  outgoing: OutgoingRequest,
): Promise<IncomingMessage | RefusedRedirect> {
  const { client, asked } = outgoing;
  const cookies = new Cookies();
  let url = start;
  let given = client.headers;
  for (let hops = 0; ; hops += 1) {
    const origin = client.originOf(url);
    const headers =
      hops === 0
        ? origin.firstHeaders(url, asked)
        : origin.headerList(url, asked, cookies.headerFor(url), given);
    const isPlain = hops === 0 && origin.proxy === undefined;
    const response = await sendOnce(outgoing, { url, headers, origin, isPlain });
    const { statusCode = 0, headers: theirs } = response;
    const redirect = judgeRedirect(url, statusCode, theirs.location, client.redirectHosts);
    if (redirect === undefined) return response;
    await discard(response);
    if ("refused" in redirect) return redirect;
    if (hops === client.maxRedirects) return { refused: moreThan(hops), limit: "maxRedirects" };
    cookies.take(url, theirs["set-cookie"]);
    // What was left once is another's, whoever sends us back.
    if (redirect.target.origin !== url.origin) given = impersonalHeaders(given);
    url = redirect.target;
  }
}

function moreThan(redirects: number): string {
  return `more than ${redirects} redirect${redirects === 1 ? "" : "s"}`;
}

/** One request of several for a file. */
interface Hop {
  readonly url: URL;
  readonly headers: readonly string[];
  readonly origin: Origin;
  readonly isPlain: boolean;
}

async function sendOnce(outgoing: OutgoingRequest, hop: Hop): Promise<IncomingMessage> {
  const { cutoff, newTrace } = outgoing;
  const { slots } = hop.origin;
  const trace = newTrace();
  if (cutoff.reason !== undefined || !slots.takeFree()) await slots.take(cutoff);
  try {
    return await send(outgoing, hop, hop.origin.agent, trace);
  } catch (error) {
    // The server may close an idle connection in the moment we send on it: the request was never read.
    const wasIdle = trace.reusedConnection && !trace.answered;
    const isClosed = CLOSED_CODES.has(errorCode(error) ?? "");
    if (cutoff.reason !== undefined || !wasIdle || !isClosed) throw error;
  }
  await slots.take(cutoff);
  return await send(outgoing, hop, hop.origin.newAgent(), newTrace());
}

function send(
  { cutoff }: OutgoingRequest,
  { url, headers, origin, isPlain }: Hop,
  agent: Agent,
  trace: RequestTrace,
): Promise<IncomingMessage> {
  const options = origin.optionsFor(url, headers, agent);
  const onClose = (): void => {
    origin.slots.give();
  };
  const sending: Sending = { trace, cutoff, onClose };
  return isPlain ? sendStraight(options, sending) : sendElsewhere(options, sending);
}

/** Most runs meet neither proxy nor redirect, and need not load axios. */
async function sendElsewhere(options: RequestOptions, sending: Sending): Promise<IncomingMessage> {
  let send: typeof sendStraight;
  try {
    ({ sendThroughAxios: send } = await import("./through-axios.js"));
  } catch (error) {
    sending.onClose();
    throw error;
  }
  return await send(options, sending);
}
