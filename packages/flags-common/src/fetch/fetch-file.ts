import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { DestinationError } from "../save/destination-error.js";
import { saveFailure } from "../save/save-failure.js";
import { discard, pour, type BodySink } from "./body.js";
import { Cutoff } from "./cutoff.js";
import { describeFailure } from "./describe-failure.js";
import type { FlagClient } from "./flag-client.js";
import type { Failure } from "./flag-result.js";
import { fail, judgeHead, tooLarge, type Accepted, type HeadVerdict } from "./judge-answer.js";
import type { RequestHeaders } from "./request-headers.js";
import { RequestTrace } from "./request-trace.js";
import { sendRequest } from "./send-request.js";
import { validatorsOf, type Beginning, type Validators } from "./validators.js";

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
  readonly beginning?: Beginning | undefined;
}

/** Takes the body of a file. */
export interface FileSink extends BodySink {
  /**
   * Called before the first byte: what comes lies behind so many bytes of the beginning, or in place of it. From then
   * on `write` may reject with a `DestinationError`.
   *
   * @param head - What the head of the answer said of the file.
   */
  begin(head: Accepted): void;
  /** Looks at what came for what is wrong with it as a GIF. */
  findGifFault(): Pick<Failure, "code" | "reason"> | undefined;
}

/** How long a request took, in milliseconds. */
export interface Timing {
  /** Until the headers of the answer came; not there when none came. */
  readonly headersMs?: number;
  readonly totalMs: number;
}

/** A body in the sink, whole as far as one can see. */
interface FetchedFile extends Validators {
  readonly status: "ok";
  /** How many of the bytes are those of the request's `beginning`; not there when none are. */
  readonly resumedBytes?: number;
}

/** What a file that broke off is the beginning of. */
type BrokenOff = Pick<Beginning, "validator" | "totalBytes">;

/** What {@link fetchFile} answers. `stale`: the beginning is of no use, ask for the whole file. */
export type FileAnswer = (
  | FetchedFile
  | { readonly status: "notModified" }
  | { readonly status: "notFound" }
  | { readonly status: "stale" }
  | (Failure & {
      /** What is in the sink can be continued; or nothing came into it, and the beginning is as it was. */
      readonly left?: BrokenOff | "untouched";
    })
) &
  Timing;

/** Failures after which the bytes received so far are still good. */
const INTERRUPTIONS = new Set<Failure["code"]>(["TRUNCATED", "RESET", "TIMEOUT", "INTERRUPTED"]);

/**
 * Fetches one file into a sink and checks it. Everything that goes wrong on the way is an answer, not an exception.
 *
 * The clock for the whole file is set here: the one for the time without data never ends a body that drips.
 */
export async function fetchFile(
  request: FileRequest,
  client: FlagClient,
  sink: FileSink,
  userSignal: AbortSignal | undefined,
): Promise<FileAnswer> {
  const startedAtMs = performance.now();
  const cutoff = new Cutoff(request.remainingMs ?? client.totalTimeoutMs, userSignal);
  const reading = new Reading(request, client, sink);
  let answer: FileAnswer;
  try {
    const response = await sendRequest(request.url, {
      client,
      cutoff,
      asked: headersOf(request),
      newTrace: () => (reading.trace = new RequestTrace()),
    });
    const result =
      "refused" in response
        ? fail("REDIRECT", response.refused, limitOf(response))
        : await reading.take(response);
    answer = timed(result, startedAtMs, reading.trace);
  } catch (error) {
    // Of both, the user is the one to be told of.
    const stoppedBy = userSignal?.aborted ? "user" : cutoff.reason;
    const { url } = request;
    const { trace } = reading;
    const failure =
      error instanceof DestinationError
        ? saveFailure(error)
        : {
            ...describeFailure(error, { trace, client, stoppedBy, url }),
            status: "error" as const,
          };
    answer = timed(failure, startedAtMs, trace);
  } finally {
    cutoff.close();
  }
  return answer.status === "error" ? { ...answer, ...reading.left(answer.code) } : answer;
}

function limitOf({ limit }: Pick<Failure, "limit">): Pick<Failure, "limit"> {
  return limit === undefined ? {} : { limit };
}

/** Adds the times to a result, which nobody else has yet: a copy of it would take longer than all else here. */
function timed<T extends object>(
  result: T,
  startedAtMs: number,
  { answeredAtMs }: RequestTrace,
): T & Timing {
  const totalMs = performance.now() - startedAtMs;
  return answeredAtMs === undefined
    ? Object.assign(result, { totalMs })
    : Object.assign(result, { totalMs, headersMs: answeredAtMs - startedAtMs });
}

/** The same object each time, by which its list of headers is found again. */
const ANY_FILE: RequestHeaders = { Accept: "*/*" };
const A_GIF: RequestHeaders = {};

function headersOf({ expect, known, beginning }: FileRequest): RequestHeaders {
  const kind = expect === "gif" ? A_GIF : ANY_FILE;
  if (known === undefined && beginning === undefined) return kind;
  return {
    ...kind,
    ...(known?.etag === undefined ? {} : { "If-None-Match": known.etag }),
    ...(known?.lastModified === undefined ? {} : { "If-Modified-Since": known.lastModified }),
    ...(beginning === undefined
      ? {}
      : { Range: `bytes=${beginning.byteLength}-`, "If-Range": beginning.validator }),
  };
}

type Verdict = FetchedFile | Exclude<HeadVerdict, Accepted>;

/** The reading of one answer. */
class Reading {
  trace = new RequestTrace();
  #accepted: Accepted | undefined;
  readonly #request: FileRequest;
  readonly #client: FlagClient;
  readonly #sink: FileSink;

  constructor(request: FileRequest, client: FlagClient, sink: FileSink) {
    this.#request = request;
    this.#client = client;
    this.#sink = sink;
  }

  /** Reads an answer, as far as it is worth it. */
  async take(response: IncomingMessage): Promise<Verdict> {
    const { maxBytes } = this.#client;
    const { headers, statusCode: status = 0, statusMessage: statusText = "" } = response;
    const { expect, known, beginning } = this.#request;
    const question = { expect, known, beginning, maxBytes };
    const verdict = judgeHead({ status, statusText, headers }, question);
    if (verdict.status !== "accepted") {
      await discard(response);
      return verdict;
    }
    this.#accepted = verdict;
    this.#sink.begin(verdict);
    const isAll = await pour(response, this.#sink, (byteLength) => {
      this.trace.receivedBytes += byteLength;
      return verdict.offset + this.trace.receivedBytes <= maxBytes;
    });
    if (!isAll) return tooLarge(maxBytes);
    return this.#judgeBody(verdict) ?? this.#fetched(verdict, headers);
  }

  #judgeBody({ offset, end, totalBytes }: Accepted): Failure | undefined {
    const received = offset + this.trace.receivedBytes;
    // Node counts too, and breaks the answer off; this does not rely on it. And a part need not be the whole rest.
    for (const expected of [end, totalBytes]) {
      if (expected !== undefined && expected !== received) {
        return fail("TRUNCATED", `body is truncated (${received} of ${expected} bytes)`);
      }
    }
    const fault = this.#request.expect === "gif" ? this.#sink.findGifFault() : undefined;
    return fault === undefined ? undefined : fail(fault.code, fault.reason);
  }

  #fetched({ offset }: Accepted, headers: IncomingHttpHeaders): FetchedFile {
    return {
      status: "ok",
      ...validatorsOf(headers),
      ...(offset === 0 ? {} : { resumedBytes: offset }),
    };
  }

  /** Says what a failure leaves in the sink that a later try can use. */
  left(code: Failure["code"]): { readonly left?: BrokenOff | "untouched" } {
    const accepted = this.#accepted;
    if (accepted === undefined) return { left: "untouched" };
    const { validator, totalBytes } = accepted;
    if (validator === undefined || !INTERRUPTIONS.has(code)) return {};
    return { left: { validator, totalBytes } };
  }
}
