import { STATUS_CODES, type IncomingHttpHeaders } from "node:http";
import { printable } from "../shared/failure-reason.js";
import type { Failure } from "./flag-result.js";
import { retryAfterMs } from "./retry-after.js";
import { partAfter, strongValidator, type Beginning } from "./validators.js";

/** What a judge needs to know about an answer. */
export interface AnswerHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: IncomingHttpHeaders;
}

/** What was asked for. */
export interface Question {
  readonly expect: "gif" | "anything";
  readonly known?: object | undefined;
  readonly beginning?: Beginning | undefined;
  readonly maxBytes: number;
}

/** A body that is worth reading. */
export interface Accepted {
  readonly status: "accepted";
  /** How many bytes of the file lie before it. */
  readonly offset: number;
  /** Where the file has to end, when that was said. */
  readonly end: number | undefined;
  /** How long the whole file is, when that was said. */
  readonly totalBytes: number | undefined;
  /** What tells for certain which version of the file it is, if anything does. */
  readonly validator: string | undefined;
}

/** What the head of an answer comes to. `stale`: the beginning is of no use, ask for the whole file. */
export type HeadVerdict =
  | Accepted
  | { readonly status: "notModified" }
  | { readonly status: "notFound" }
  | { readonly status: "stale" }
  | Failure;

/** Decides by the head of an answer what becomes of its body. */
export function judgeHead(answer: AnswerHead, question: Question): HeadVerdict {
  const { status, headers } = answer;
  const { beginning, maxBytes } = question;
  if (status === 404) return { status: "notFound" };
  if (status === 304 && question.known !== undefined) return { status: "notModified" };
  // The beginning is as long as the file, or longer: it cannot be one of this file.
  if (status === 416 && beginning !== undefined) return { status: "stale" };
  const isPart = status === 206 && beginning !== undefined;
  if (status !== 200 && !isPart) return statusFailure(answer);
  const accepted = isPart ? acceptPart(headers, beginning) : acceptWhole(headers);
  if (accepted === undefined) return { status: "stale" };
  if (accepted.end !== undefined && accepted.end > maxBytes) return tooLarge(maxBytes);
  return (question.expect === "gif" ? findGifFailure(headers) : undefined) ?? accepted;
}

function acceptWhole(headers: IncomingHttpHeaders): Accepted {
  const announced = headers["content-length"];
  const totalBytes = announced === undefined ? undefined : Number(announced);
  const validator = strongValidator(headers);
  return { status: "accepted", offset: 0, end: totalBytes, totalBytes, validator };
}

function acceptPart(headers: IncomingHttpHeaders, beginning: Beginning): Accepted | undefined {
  const part = partAfter(beginning, headers);
  if (part === undefined) return undefined;
  return {
    status: "accepted",
    offset: beginning.byteLength,
    end: part.last + 1,
    totalBytes: part.totalBytes,
    validator: beginning.validator,
  };
}

/** Says that a body is too large. */
export function tooLarge(maxBytes: number): Failure {
  return fail("TOO_LARGE", `body is larger than ${maxBytes} bytes`, { limit: "maxBytes" });
}

function findGifFailure(headers: IncomingHttpHeaders): Failure | undefined {
  const type = headers["content-type"];
  if (type !== undefined && !/^image\/gif\s*(;|$)/i.test(type)) {
    return fail("NOT_A_GIF", `not a GIF (${printable(type.split(";", 1)[0] ?? "")})`);
  }
  // None was asked for. Who decodes what is so labelled fails on bytes that are a GIF already: as curl --compressed does.
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && !/^(identity)?$/i.test(encoding)) {
    return fail("NOT_A_GIF", `not a GIF (encoded as ${printable(encoding)})`);
  }
  return undefined;
}

function statusFailure({ status, statusText, headers }: AnswerHead): Failure {
  const phrase = statusText || (STATUS_CODES[status] ?? "unknown status");
  const waitMs = retryAfterMs(headers["retry-after"], Date.now());
  return fail("HTTP_STATUS", `HTTP ${status} - ${printable(phrase)}`, {
    httpStatus: status,
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
  });
}

/** Makes a failure. */
export function fail(
  code: Failure["code"],
  reason: string,
  details: Pick<Failure, "httpStatus" | "limit" | "retryAfterMs"> = {},
): Failure {
  return { status: "error", code, reason, ...details };
}
