import http from "node:http";
import type { RequestOptions } from "node:https";
import type { Socket } from "node:net";
import { https } from "./https.js";

/** Thrown into a request from which nothing has come for too long. */
export class IdleTimeoutError extends Error {
  override readonly name = "IdleTimeoutError";
}

/** An answer that is not one to a GET: the server wants to speak another protocol. */
export class UpgradeError extends Error {
  override readonly name = "UpgradeError";
}

/** What one request went through, as Node's events do not tell it. */
export class RequestTrace {
  /** Bytes of the body received so far. */
  receivedBytes = 0;
  /** What ended the request, where that was decided here: Node only says then that the connection was closed. */
  endedBy: Error | undefined;
  /** The answer, once its headers came. */
  answer: http.IncomingMessage | undefined;
  /** When the headers came, on the clock of `performance.now()`. */
  answeredAtMs: number | undefined;
  #sent: http.ClientRequest | undefined;

  /** Whether the answer's headers came. */
  get answered(): boolean {
    return this.answer !== undefined;
  }

  /** The Content-Length of the answer, as it was sent. */
  get announcedBytes(): string | undefined {
    return this.answer?.headers["content-length"];
  }

  /** Whether the request went out on a connection kept alive from an earlier one. */
  get reusedConnection(): boolean {
    return this.#sent?.reusedSocket === true;
  }

  /**
   * Sends the request as node:http would, with a limit in milliseconds for the time without data, `options.timeout`.
   *
   * Each listener is here for every file: there are no more of them than needed, and none that only wraps another.
   */
  request(
    options: RequestOptions,
    onResponse: (response: http.IncomingMessage) => void,
  ): http.ClientRequest {
    const { request } = options.protocol === "https:" ? https() : http;
    const sent = request(options);
    this.#sent = sent;
    sent.on("response", (response) => {
      this.answeredAtMs = performance.now();
      this.answer = response;
      onResponse(response);
    });
    sent.on("timeout", () => {
      this.#end(new IdleTimeoutError());
    });
    // With a header Upgrade in the answer it is the one event, without it the other.
    sent.on("upgrade", (_response: http.IncomingMessage, socket: Socket) => {
      socket.destroy();
      // For Node the request is over: it reports nothing more by itself.
      this.endedBy ??= refusal();
      sent.emit("error", this.endedBy);
    });
    sent.on("information", ({ statusCode }) => {
      if (statusCode === 101) this.#end(refusal());
    });
    return sent;
  }

  #end(error: Error): void {
    this.endedBy ??= error;
    this.#sent?.destroy(error);
  }
}

function refusal(): UpgradeError {
  return new UpgradeError("HTTP 101 - Switching Protocols");
}
