/**
 * Why a file was not downloaded, for programs; `reason` says it to people.
 *
 * - `HTTP_STATUS`: an answer that is neither 200 nor 404, see `httpStatus`
 * - `REFUSED`, `UNREACHABLE`, `RESET`, `NETWORK`: nobody listens there; no such host or no way to it;
 *   the connection broke; any other trouble on the way, such as a bad certificate
 * - `TIMEOUT`: one of the time limits
 * - `INTERRUPTED`: the caller's signal
 * - `REDIRECT`: a redirect that is not followed
 * - `BAD_RESPONSE`: not HTTP
 * - `TRUNCATED`, `TOO_LARGE`, `NOT_A_GIF`: the body came, but it is no whole GIF
 * - `CHECKSUM`: a whole file, but not the one that the manifest knows
 * - `CANNOT_REPLACE`: downloaded, but a folder has the name of the file
 * - `TOO_MANY_FILES`: this process may open no more files
 * - `CANNOT_SAVE`: downloaded, but no file can be written any more
 * - `INVALID_URL`: the line of the list is no http address
 */
export type FlagErrorCode =
  | "HTTP_STATUS"
  | "REFUSED"
  | "UNREACHABLE"
  | "RESET"
  | "NETWORK"
  | "TIMEOUT"
  | "INTERRUPTED"
  | "REDIRECT"
  | "BAD_RESPONSE"
  | "TRUNCATED"
  | "TOO_LARGE"
  | "NOT_A_GIF"
  | "CHECKSUM"
  | "CANNOT_REPLACE"
  | "TOO_MANY_FILES"
  | "CANNOT_SAVE"
  | "INVALID_URL";

/** What went wrong. Plain data: it can be sent between threads and processes. */
export interface Failure {
  readonly status: "error";
  readonly code: FlagErrorCode;
  /** One sentence without a full stop: `HTTP 503 - Service Unavailable`, `Connection refused`. */
  readonly reason: string;
  /** The status of the answer, with `HTTP_STATUS` only. */
  readonly httpStatus?: number;
  /** The option of the client that sets the limit which was passed, with `TOO_LARGE` and `REDIRECT` only. */
  readonly limit?: "maxBytes" | "maxRedirects";
  /** How long the server asked us to wait before the next try, in milliseconds from 0. */
  readonly retryAfterMs?: number;
}

/** A flag that could not be had. */
export interface FlagFailure extends Failure {
  readonly cc: string;
}

/** A code without a flag: the server answered 404. */
export interface FlagNotFound {
  readonly status: "notFound";
  readonly cc: string;
}

/** A whole, checked GIF in memory. */
export interface FetchedFlag {
  readonly status: "ok";
  readonly cc: string;
  readonly bytes: Uint8Array;
}

/** What `fetchFlag` answers. Plain data: it can be sent between threads and processes. */
export type FetchResult = FetchedFlag | FlagNotFound | FlagFailure;
