import http from "node:http";
import type { RequestOptions } from "node:https";
import { https } from "./https.js";

/** Thrown into a request from which nothing has come for too long. */
export class IdleTimeoutError extends Error {
  override readonly name = "IdleTimeoutError";
}

/** An answer that is not one to a GET: the server wants to speak another protocol. */
export class UpgradeError extends Error {
  override readonly name = "UpgradeError";
}

/** More than any honest server sends; Node's own limit of 16 KiB is met by cookies. */
const MAX_HEADER_BYTES = 256 * 1024;

/** What one request went through, seen from below axios, which does not tell. */
export class RequestTrace {
  /** Bytes of the body received so far. */
  receivedBytes = 0;
  /** What ended the request, where that was decided here: Node only says then that the connection was closed. */
  endedBy: Error | undefined;
  /** The answer's status and headers, once they came. */
  answer: Pick<http.IncomingMessage, "statusCode" | "headers"> | undefined;
  /** When the headers came, on the clock of `performance.now()`. */
  answeredAtMs: number | undefined;
  /** Whether the request went out on a connection kept alive from an earlier one. */
  reusedConnection = false;

  /** Whether the answer's headers came. */
  get answered(): boolean {
    return this.answer !== undefined;
  }

  /** The Content-Length of the answer, as it was sent. */
  get announcedBytes(): string | undefined {
    return this.answer?.headers["content-length"];
  }

  /** Sends the request as node:http would, with a limit in milliseconds for the time without data. */
  request(
    options: RequestOptions,
    idleTimeoutMs: number,
    onResponse: (response: http.IncomingMessage) => void,
  ): http.ClientRequest {
    const { request } = options.protocol === "https:" ? https() : http;
    const sent = request({ ...options, maxHeaderSize: MAX_HEADER_BYTES }, (response) => {
      this.answeredAtMs = performance.now();
      this.answer = { statusCode: response.statusCode, headers: response.headers };
      onResponse(response);
    });
    const end = (error: Error): void => {
      this.endedBy ??= error;
      sent.destroy(error);
    };
    const refusal = (): UpgradeError => new UpgradeError("HTTP 101 - Switching Protocols");
    sent.once("socket", () => {
      this.reusedConnection = sent.reusedSocket;
    });
    sent.setTimeout(idleTimeoutMs, () => {
      end(new IdleTimeoutError());
    });
    // With a header Upgrade in the answer it is the one event, without it the other.
    sent.once("upgrade", (_response, socket) => {
      socket.destroy();
      // For Node the request is over: it reports nothing more by itself.
      this.endedBy ??= refusal();
      sent.emit("error", this.endedBy);
    });
    sent.on("information", ({ statusCode }) => {
      if (statusCode === 101) end(refusal());
    });
    return sent;
  }
}
