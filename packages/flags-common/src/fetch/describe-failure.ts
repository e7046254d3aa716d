import { types } from "node:util";
import { maskedText } from "../shared/mask-secrets.js";
import {
  errorCode,
  errorMessage,
  inSeconds,
  printable,
  systemMessage,
} from "../shared/failure-reason.js";
import { ConnectTimeoutError } from "./connector.js";
import type { CutoffReason } from "./cutoff.js";
import type { FlagClient } from "./flag-client.js";
import type { Failure as FlagFailure } from "./flag-result.js";
import { isTunnel, ProxyConnectionError, ProxyError, proxyFor } from "./proxy.js";
import { IdleTimeoutError, UpgradeError, type RequestTrace } from "./request-trace.js";

/** What is known about a failed request besides what was thrown. */
interface Circumstances {
  readonly trace: RequestTrace;
  readonly client: FlagClient;
  readonly stoppedBy: CutoffReason | undefined;
  readonly url: URL;
}

type Failure = Pick<FlagFailure, "code" | "reason" | "httpStatus">;

/** Turns what was thrown into a code and a sentence; the error itself goes no further. */
export function describeFailure(error: unknown, circumstances: Circumstances): Failure {
  const { trace, client, stoppedBy, url } = circumstances;
  if (stoppedBy === "user") return { code: "INTERRUPTED", reason: "interrupted" };
  if (stoppedBy === "clock") {
    return { code: "TIMEOUT", reason: `took longer than ${inSeconds(client.totalTimeoutMs)}` };
  }
  const cause = trace.endedBy ?? error;
  if (cause instanceof ConnectTimeoutError) {
    const reason = `could not connect within ${inSeconds(client.connectTimeoutMs)}`;
    return { code: "TIMEOUT", reason: viaProxy(reason, url, client) };
  }
  if (cause instanceof IdleTimeoutError) {
    const limit = inSeconds(client.idleTimeoutMs);
    return { code: "TIMEOUT", reason: `timed out after ${limit} without data` };
  }
  if (cause instanceof UpgradeError) {
    return { code: "HTTP_STATUS", reason: cause.message, httpStatus: 101 };
  }
  if (cause instanceof ProxyError) return { code: "NETWORK", reason: cause.message };
  const code = errorCode(cause) ?? "";
  if (trace.answered && BROKEN_BODY.has(code)) {
    return { code: "TRUNCATED", reason: `body is truncated (${progress(trace)})` };
  }
  const isOfProxy = cause instanceof ProxyConnectionError;
  const thrown = isOfProxy ? cause.cause : cause;
  const failure = describeConnection(errorCode(thrown) ?? "", thrown, url);
  const isBehind = trace.answered || (!isOfProxy && isSaidByServer(failure, url, client));
  const { reason } = failure;
  const told = isBehind ? reason : viaProxy(reason, url, client);
  return { ...failure, reason: told === NO_TLS_SPOKEN ? `the server ${told}` : told };
}

/** In a tunnel, what somebody says that makes no sense is from its other end. */
function isSaidByServer({ code }: Failure, url: URL, client: FlagClient): boolean {
  if (code !== "BAD_RESPONSE" && code !== "NETWORK") return false;
  const proxy = proxyFor(url, client.proxy);
  return proxy !== undefined && isTunnel(proxy, url);
}

/** Who does not is to be put before it. */
const NO_TLS_SPOKEN = "does not speak TLS (http:// may be meant)";

/** Codes of a body that ended early: by a FIN or a RST, or inside a chunk. */
const BROKEN_BODY = new Set(["ECONNRESET", "HPE_INVALID_EOF_STATE", "ERR_STREAM_PREMATURE_CLOSE"]);

/** Answers that are HTTP, but for something in them. */
const MALFORMED: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "headers of the answer are larger than 256 KiB",
  HPE_INVALID_HEADER_TOKEN: "malformed header in the answer",
  HPE_UNEXPECTED_CONTENT_LENGTH: "contradictory Content-Length in the answer",
  HPE_INVALID_CONTENT_LENGTH: "malformed Content-Length in the answer",
  HPE_INVALID_TRANSFER_ENCODING: "malformed Transfer-Encoding in the answer",
  HPE_INVALID_CHUNK_SIZE: "malformed chunk in the answer",
};

function describeConnection(code: string, error: unknown, url: URL): Failure {
  switch (code) {
    case "ECONNREFUSED":
      return { code: "REFUSED", reason: "Connection refused" };
    case "ECONNRESET":
    case "EPIPE":
      return errorMessage(error) === "socket hang up"
        ? { code: "RESET", reason: "Connection closed without an answer" }
        : { code: "RESET", reason: "Connection reset" };
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return { code: "UNREACHABLE", reason: `host not found (${lookedUp(error, url)})` };
    case "ENETUNREACH":
    case "EHOSTUNREACH":
    case "EADDRNOTAVAIL":
      return { code: "UNREACHABLE", reason: `${systemMessage(code) ?? code} (${url.hostname})` };
    case "ETIMEDOUT":
      return { code: "TIMEOUT", reason: "Connection timed out" };
    default:
      // A name that the system does not take for one.
      if (isOfLookup(error)) {
        return {
          code: "UNREACHABLE",
          reason: `host not found (${printable(lookedUp(error, url))})`,
        };
      }
      if (code.startsWith("HPE_")) {
        return {
          code: "BAD_RESPONSE",
          reason: `${MALFORMED[code] ?? "not an HTTP answer"} (${code})`,
        };
      }
      return { code: "NETWORK", reason: describeTls(code, error) ?? describeOther(code, error) };
  }
}

/** OpenSSL takes what is no TLS for TLS of a version, or of a size, that does not exist. */
const NO_TLS = /wrong version number|packet length too long|http request|unknown protocol/;

/** An error of OpenSSL is a line for those who write it: what it has to say is one of its parts. */
function describeTls(code: string, error: unknown): string | undefined {
  if (code !== "EPROTO" && !code.startsWith("ERR_SSL_")) return undefined;
  const [, part] = /:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+)/.exec(errorText(error)) ?? [];
  const reason = part ?? code.replace("ERR_SSL_", "").replaceAll("_", " ").toLowerCase();
  return NO_TLS.test(reason) ? NO_TLS_SPOKEN : `TLS failed (${printable(reason)})`;
}

function errorText(error: unknown): string {
  return types.isNativeError(error) ? error.message : "";
}

function describeOther(code: string, error: unknown): string {
  return systemMessage(code) ?? maskedText(errorMessage(error));
}

function isOfLookup(error: unknown): boolean {
  return types.isNativeError(error) && "syscall" in error && error.syscall === "getaddrinfo";
}

/** The host that was not found may be the one of a proxy. */
function lookedUp(error: unknown, { hostname }: URL): string {
  return types.isNativeError(error) && "hostname" in error && typeof error.hostname === "string"
    ? error.hostname
    : hostname;
}

/** Says that there is a proxy in between: it may be what does not answer. */
function viaProxy(reason: string, url: URL, client: FlagClient): string {
  const proxy = proxyFor(url, client.proxy);
  return proxy === undefined ? reason : `proxy ${proxy.host}: ${reason}`;
}

function progress({ announcedBytes, receivedBytes }: RequestTrace): string {
  return announcedBytes === undefined
    ? `${receivedBytes} bytes, then the connection closed`
    : `${receivedBytes} of ${announcedBytes} bytes`;
}
