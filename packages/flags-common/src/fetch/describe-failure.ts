import { isAxiosError } from "axios";
import { errorCode, errorMessage, inSeconds, systemMessage } from "../shared/failure-reason.js";
import type { FlagClient } from "./flag-client.js";
import type { Failure as FlagFailure } from "./flag-result.js";
import { ConnectTimeoutError, type RequestTrace } from "./request-trace.js";

/** What is known about a failed request besides what was thrown. */
interface Circumstances {
  readonly trace: RequestTrace;
  readonly client: FlagClient;
  readonly stoppedBy: "user" | "clock" | undefined;
  readonly url: URL;
}

type Failure = Pick<FlagFailure, "code" | "reason">;

/** Turns what axios or Node threw into a code and a sentence; the error itself goes no further. */
export function describeFailure(error: unknown, circumstances: Circumstances): Failure {
  const { trace, client, stoppedBy, url } = circumstances;
  if (stoppedBy === "user") return { code: "INTERRUPTED", reason: "interrupted" };
  if (stoppedBy === "clock") {
    return { code: "TIMEOUT", reason: `took longer than ${inSeconds(client.totalTimeoutMs)}` };
  }
  if (isConnectTimeout(error)) {
    return {
      code: "TIMEOUT",
      reason: `could not connect within ${inSeconds(client.connectTimeoutMs)}`,
    };
  }
  if (trace.receivedBytes > client.maxBytes) {
    return { code: "TOO_LARGE", reason: `body is larger than ${client.maxBytes} bytes` };
  }
  const code = errorCode(error) ?? "";
  if (code === "ETIMEDOUT" && trace.connected) {
    const limit = inSeconds(client.idleTimeoutMs);
    return { code: "TIMEOUT", reason: `timed out after ${limit} without data` };
  }
  if (trace.answered && BROKEN_BODY.has(code)) {
    return { code: "TRUNCATED", reason: `body is truncated (${progress(trace)})` };
  }
  return describeConnection(code, error, url);
}

/** Codes of a body that ended early: by a FIN (axios' own code), by a RST, or inside a chunk. */
const BROKEN_BODY = new Set(["ERR_BAD_RESPONSE", "ECONNRESET", "HPE_INVALID_EOF_STATE"]);

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
      return { code: "UNREACHABLE", reason: `host not found (${url.hostname})` };
    case "ENETUNREACH":
    case "EHOSTUNREACH":
    case "EADDRNOTAVAIL":
      return { code: "UNREACHABLE", reason: `${systemMessage(code) ?? code} (${url.hostname})` };
    case "ETIMEDOUT":
      return { code: "TIMEOUT", reason: "Connection timed out" };
    default:
      return code.startsWith("HPE_")
        ? { code: "BAD_RESPONSE", reason: `not an HTTP answer (${code})` }
        : { code: "NETWORK", reason: systemMessage(code) ?? errorMessage(error) };
  }
}

function isConnectTimeout(error: unknown): boolean {
  return (
    error instanceof ConnectTimeoutError ||
    (isAxiosError(error) && error.cause instanceof ConnectTimeoutError)
  );
}

function progress({ announcedBytes, receivedBytes }: RequestTrace): string {
  return announcedBytes === undefined
    ? `${receivedBytes} bytes, then the connection closed`
    : `${receivedBytes} of ${announcedBytes} bytes`;
}
