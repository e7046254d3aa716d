import type { ResponseFields } from "../response-fields.js";

/**
 * How long to wait. A number is a fixed time in milliseconds; the distributions draw one from the request's
 * identity, so the same request always waits the same time. Draws are cut to `maxMs` (default: 60,000).
 */
export type FaultDelay =
  | number
  | { readonly ms: number; readonly before?: DelayedPart }
  | {
      readonly distribution: "uniform";
      readonly minMs: number;
      readonly maxMs: number;
      readonly before?: DelayedPart;
    }
  | {
      readonly distribution: "normal";
      readonly meanMs: number;
      readonly deviationMs: number;
      readonly maxMs?: number;
      readonly before?: DelayedPart;
    }
  | {
      /** `sigma` is the standard deviation of the logarithm: 0.5 is a gentle tail, 1 a heavy one. */
      readonly distribution: "lognormal";
      readonly medianMs: number;
      readonly sigma: number;
      readonly maxMs?: number;
      readonly before?: DelayedPart;
    }
  | {
      /** Never below `minMs`; the smaller `shape` is, the heavier the tail. */
      readonly distribution: "pareto";
      readonly minMs: number;
      readonly shape: number;
      readonly maxMs?: number;
      readonly before?: DelayedPart;
    };

/** What a delay holds back: the whole reply (`"headers"`, the default), or all behind its head. */
export type DelayedPart = "headers" | "body";

interface Delayable {
  /** Waits before anything of the fault happens. */
  readonly delay?: FaultDelay;
}

/** Lets the request through unharmed, and no later rule is looked at. */
export interface PassFault extends Delayable {
  readonly kind: "pass";
}

/** Answers correctly, but late. */
export interface DelayFault {
  readonly kind: "delay";
  readonly delay: FaultDelay;
}

/** Answers with another status; the file is not sent. */
export interface StatusFault extends Delayable {
  readonly kind: "status";
  /** From 200 to 599. Of several, one is drawn; all are equally likely. */
  readonly status: number | readonly number[];
  /** Default: a short HTML page that names the status. */
  readonly body?: string;
  /** Default: `text/html; charset=utf-8`, or `text/plain; charset=utf-8` when there is a `body`. */
  readonly contentType?: string;
  /** Adds Retry-After with this many seconds, an integer from 0. */
  readonly retryAfterSeconds?: number;
  /** How Retry-After says it: `"seconds"` (the default) or as an HTTP `"date"`. */
  readonly retryAfterFormat?: "seconds" | "date";
  /**
   * Further fields of the reply, or others in place of its own, such as `{ "WWW-Authenticate": "Basic" }`. Those
   * that say where the reply ends (Content-Length, Connection and the like) are the server's.
   */
  readonly headers?: ResponseFields;
  /** Closes the connection after the reply. Default: false. */
  readonly close?: boolean;
}

/**
 * Sends informational responses (1xx), and after them the right reply. HTTP/1.0 clients get the reply alone
 * (RFC 9110 15.2).
 */
export interface InformationalFault extends Delayable {
  readonly kind: "informational";
  /** From 100 to 199, but not 101: nothing is switched to. Default: 103. */
  readonly status?: number;
  /** Fields of each, such as `{ Link: "</a.css>; rel=preload" }`. Default: none. */
  readonly headers?: ResponseFields;
  /** How many, an integer from 1 to 1000. Default: 1. */
  readonly times?: number;
  /** Time after each in milliseconds. Default: 0. */
  readonly everyMs?: number;
}

/**
 * Sends the right reply in chunks with these fields behind them (RFC 9112 7.1.2). A reply without a body, and one
 * to an HTTP/1.0 client, has none.
 */
export interface TrailersFault extends Delayable {
  readonly kind: "trailers";
  readonly trailers: ResponseFields;
}

/** Resets the connection (TCP RST): before any byte of a reply, or after the head and some bytes of the body. */
export interface ResetFault extends Delayable {
  readonly kind: "reset";
  /** Bytes of the body that go out first, an integer from 0. Absent: not even the head does. */
  readonly afterBytes?: number;
}

/** Ends the connection in good order (TCP FIN) before the body is whole. */
export interface TruncateFault extends Delayable {
  readonly kind: "truncate";
  /** Bytes of the body that are sent, an integer from 0. Default: half of them. */
  readonly afterBytes?: number;
  /** What the head promises: a Content-Length (the default), chunks, or nothing but the end of the connection. */
  readonly framing?: "content-length" | "chunked" | "close";
}

/** Sends the body in small pieces. */
export interface DripFault extends Delayable {
  readonly kind: "drip";
  /** Size of a piece, an integer from 1. */
  readonly bytes: number;
  /** Time between two pieces in milliseconds, an integer from 1. */
  readonly everyMs: number;
}

/** Falls silent and keeps the connection open until the client leaves or the server stops. */
export interface HangFault extends Delayable {
  readonly kind: "hang";
  /** Where: before the head (the default), in the middle of it, or in the middle of the body. */
  readonly at?: "headers" | "mid-headers" | "body";
  /** With `at: "body"`: bytes of the body that go out first, an integer from 0. Default: half of them. */
  readonly afterBytes?: number;
}

/** Sends the right bytes under a wrong Content-Type. */
export interface ContentTypeFault extends Delayable {
  readonly kind: "content-type";
  /** Default: `application/octet-stream`. */
  readonly contentType?: string;
}

/** Declares another Content-Length than the bytes that it sends, then closes the connection. */
export interface WrongLengthFault extends Delayable {
  readonly kind: "wrong-length";
  /** Declared minus sent, not 0: positive promises too much, negative sends more than was promised. */
  readonly differenceBytes: number;
}

/** Answers 200 with an HTML page in place of the file, as a captive portal does. */
export interface HtmlFault extends Delayable {
  readonly kind: "html";
  /** The page. Default: a short sign-in page. */
  readonly body?: string;
}

/** Sends the file with its last byte, a GIF's trailer, replaced; length and type are right. */
export interface BadTrailerFault extends Delayable {
  readonly kind: "bad-trailer";
}

/** Redirects the client. */
export interface RedirectFault extends Delayable {
  readonly kind: "redirect";
  /**
   * `"itself"` is a loop; `"other-host"` swaps `localhost` and `127.0.0.1`, which are the same server under
   * another name; `"other-scheme"` is https (or http, with `tls`) on this port, which nobody
   * speaks there. Anything else goes into
   * Location as it is.
   */
  readonly to: string;
  /** 301, 302 (the default), 303, 307 or 308. */
  readonly status?: 301 | 302 | 303 | 307 | 308;
}

/** Sends the file under `Content-Encoding: gzip`, but what is inside is damaged. */
export interface GzipFault extends Delayable {
  readonly kind: "gzip";
  /** No gzip at all, cut in the middle, or with a wrong checksum (the default). `"none"` is sound gzip. */
  readonly damage?: "garbage" | "truncated" | "checksum" | "none";
}

/** Sends something else than HTTP where the status line should be, then closes the connection. */
export interface GarbageFault extends Delayable {
  readonly kind: "garbage";
  /** The line. Default: `*** not http ***`. */
  readonly line?: string;
}

/**
 * Accepts a connection and reads nothing from it for a time. The rule matches connections, not requests:
 * by `listener` and, as `attempt`, by which connection of the listener it is.
 */
export interface SlowAcceptFault {
  readonly kind: "slow-accept";
  readonly delay: FaultDelay;
}

/** What goes wrong with a reply, or with a connection. */
export type Fault =
  | PassFault
  | DelayFault
  | StatusFault
  | ResetFault
  | TruncateFault
  | DripFault
  | HangFault
  | ContentTypeFault
  | WrongLengthFault
  | HtmlFault
  | BadTrailerFault
  | RedirectFault
  | GzipFault
  | InformationalFault
  | TrailersFault
  | GarbageFault
  | SlowAcceptFault;

/** The name of each kind of fault. */
export type FaultKind = Fault["kind"];

/** The fault of one kind. */
export type FaultOf<Kind extends FaultKind> = Extract<Fault, { readonly kind: Kind }>;
