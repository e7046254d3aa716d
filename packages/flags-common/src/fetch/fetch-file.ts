import { STATUS_CODES } from "node:http";
import { describeFailure } from "./describe-failure.js";
import type { FlagClient } from "./flag-client.js";
import type { Failure } from "./flag-result.js";
import { findGifFault } from "./gif.js";
import { joinRest, keepPartial, type PartialBody } from "./partial-body.js";
import { RequestTrace } from "./request-trace.js";
import { retryAfterMs } from "./retry-after.js";
import { sendRequest, type Response } from "./send-request.js";
import { printable } from "../shared/failure-reason.js";

/** What a server said about the version of a file, to ask later whether it changed. */
export interface Validators {
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
}

/** One file to fetch. */
export interface FileRequest {
  readonly url: URL;
  /** What the body must be: a whole GIF, or anything that is as long as announced. */
  readonly expect: "gif" | "anything";
  /** Milliseconds that are left of the client's `totalTimeoutMs`. Default: all of them. */
  readonly remainingMs?: number | undefined;
  /** The version we have: if it is still the same, the answer is `notModified`. */
  readonly known?: Validators | undefined;
  /** The beginning that we have: only the rest is asked for. */
  readonly beginning?: PartialBody | undefined;
  /** Whether to keep what came before a failure. */
  readonly keepsPartial?: boolean | undefined;
}

/** How long a request took, in milliseconds. */
export interface Timing {
  /** Until the headers of the answer came; not there when none came. */
  readonly headersMs?: number;
  readonly totalMs: number;
}

/** A file in memory, whole as far as one can see. */
interface FetchedFile extends Validators {
  readonly status: "ok";
  readonly bytes: Uint8Array;
  /** How many of them are those of the request's `beginning`; not there when none are. */
  readonly resumedBytes?: number;
}

/** What {@link fetchFile} answers. */
export type FileAnswer = (
  | FetchedFile
  | { readonly status: "notModified" }
  | { readonly status: "notFound" }
  | (Failure & { readonly partial?: PartialBody })
) &
  Timing;

type Verdict = FetchedFile | { readonly status: "notModified" | "notFound" } | Failure;

/**
 * Fetches one file and checks it. Everything that goes wrong on the way is an answer, not an exception.
 *
 * The clock for the whole file is set here: axios' own `timeout` never ends a body that drips.
 */
export async function fetchFile(
  request: FileRequest,
  client: FlagClient,
  userSignal: AbortSignal | undefined,
): Promise<FileAnswer> {
  const startedAtMs = performance.now();
  // One for the clock and the user, and not AbortSignal.any: that takes as long as all else here.
  const stop = new AbortController();
  const abort = (): void => {
    stop.abort();
  };
  const timer = setTimeout(abort, request.remainingMs ?? client.totalTimeoutMs);
  if (userSignal?.aborted) abort();
  else userSignal?.addEventListener("abort", abort);
  const newTrace = (): RequestTrace =>
    new RequestTrace(client.connectTimeoutMs, request.keepsPartial === true);
  let trace = newTrace();
  let verdict: Verdict;
  try {
    const response = await sendRequest(request.url, {
      client,
      signal: stop.signal,
      headers: headersOf(request),
      newTrace: () => (trace = newTrace()),
    });
    verdict =
      "refused" in response
        ? { status: "error", code: "REDIRECT", reason: response.refused }
        : judge(response, request, client);
  } catch (error) {
    // axios says only "canceled": which of the two it was, the user's signal knows.
    const stoppedBy = userSignal?.aborted ? "user" : stop.signal.aborted ? "clock" : undefined;
    const { url } = request;
    verdict = { status: "error", ...describeFailure(error, { trace, client, stoppedBy, url }) };
  } finally {
    clearTimeout(timer);
    userSignal?.removeEventListener("abort", abort);
  }
  const { answeredAtMs } = trace;
  const timing: Timing = {
    totalMs: performance.now() - startedAtMs,
    ...(answeredAtMs === undefined ? {} : { headersMs: answeredAtMs - startedAtMs }),
  };
  if (verdict.status !== "error" || request.keepsPartial !== true) return { ...verdict, ...timing };
  const partial = keepPartial(trace, verdict.code, request.beginning);
  return { ...verdict, ...timing, ...(partial === undefined ? {} : { partial }) };
}

function headersOf({ expect, known, beginning }: FileRequest): Record<string, string> {
  return {
    ...(expect === "gif" ? {} : { Accept: "*/*" }),
    ...(known?.etag === undefined ? {} : { "If-None-Match": known.etag }),
    ...(known?.lastModified === undefined ? {} : { "If-Modified-Since": known.lastModified }),
    ...(beginning === undefined
      ? {}
      : { Range: `bytes=${beginning.bytes.length}-`, "If-Range": beginning.validator }),
  };
}

function judge(response: Response, request: FileRequest, client: FlagClient): Verdict {
  const { status, headers } = response;
  if (status === 404) return { status: "notFound" };
  if (status === 304 && request.known !== undefined) return { status: "notModified" };
  const isRest = status === 206 && request.beginning !== undefined;
  if (status !== 200 && !isRest) return statusFailure(response);
  const received = new Uint8Array(response.data);
  // Node counts too, and breaks the answer off; this does not rely on it, nor on what axios hands over.
  const expected: unknown = headers["content-length"];
  if (typeof expected === "string" && Number(expected) !== received.length) {
    return fail("TRUNCATED", `body is truncated (${received.length} of ${expected} bytes)`);
  }
  const bytes = isRest ? joinRest(request.beginning, received, headers["content-range"]) : received;
  if (bytes === undefined)
    return fail("BAD_RESPONSE", "not the part of the file that was asked for");
  if (bytes.length > client.maxBytes) {
    return fail("TOO_LARGE", `body is larger than ${client.maxBytes} bytes`);
  }
  return (
    (request.expect === "gif" ? findGifFailure(bytes, headers) : undefined) ?? {
      status: "ok",
      bytes,
      ...validatorsOf(headers),
      ...(isRest ? { resumedBytes: request.beginning.bytes.length } : {}),
    }
  );
}

function findGifFailure(bytes: Uint8Array, headers: Response["headers"]): Failure | undefined {
  const type: unknown = headers["content-type"];
  if (typeof type === "string" && !/^image\/gif\s*(;|$)/i.test(type)) {
    return fail("NOT_A_GIF", `not a GIF (${printable(type.split(";", 1)[0] ?? "")})`);
  }
  // None was asked for. Who decodes what is so labelled fails on bytes that are a GIF already: as curl --compressed does.
  const encoding: unknown = headers["content-encoding"];
  if (typeof encoding === "string" && !/^(identity)?$/i.test(encoding)) {
    return fail("NOT_A_GIF", `not a GIF (encoded as ${printable(encoding)})`);
  }
  const fault = findGifFault(bytes);
  return fault === undefined ? undefined : fail(fault.code, fault.reason);
}

function statusFailure({ status, statusText, headers }: Response): Failure {
  const phrase = statusText || (STATUS_CODES[status] ?? "unknown status");
  const waitMs = retryAfterMs(headers["retry-after"], Date.now());
  return {
    ...fail("HTTP_STATUS", `HTTP ${status} - ${printable(phrase)}`),
    httpStatus: status,
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
  };
}

function validatorsOf(headers: Response["headers"]): Validators {
  const etag: unknown = headers["etag"];
  const lastModified: unknown = headers["last-modified"];
  return {
    ...(typeof etag === "string" ? { etag } : {}),
    ...(typeof lastModified === "string" ? { lastModified } : {}),
  };
}

function fail(code: Failure["code"], reason: string): Failure {
  return { status: "error", code, reason };
}
