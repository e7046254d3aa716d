import http from "node:http";
import type { RequestOptions } from "node:https";
import { https } from "./https.js";

/** Thrown into a request whose connection was not made in time. */
export class ConnectTimeoutError extends Error {
  override readonly name = "ConnectTimeoutError";
}

/** What one request went through, seen from below axios, which does not tell. */
export class RequestTrace {
  /** Bytes of the body received so far: axios gives no count for a body that breaks off. */
  receivedBytes = 0;
  /** The body received so far, when it was asked for: axios throws away what it has of one that breaks off. */
  readonly chunks: Uint8Array[] = [];
  /** Whether there was a connection. */
  connected = false;
  /** The answer's status and headers, once they came. */
  answer: Pick<http.IncomingMessage, "statusCode" | "headers"> | undefined;
  /** When the headers came, on the clock of `performance.now()`. */
  answeredAtMs: number | undefined;
  /** Whether the request went out on a connection kept alive from an earlier one. */
  reusedConnection = false;

  readonly #connectTimeoutMs: number;
  readonly #keepsBody: boolean;

  constructor(connectTimeoutMs: number, keepsBody: boolean) {
    this.#connectTimeoutMs = connectTimeoutMs;
    this.#keepsBody = keepsBody;
  }

  /** Whether the answer's headers came. */
  get answered(): boolean {
    return this.answer !== undefined;
  }

  /** The Content-Length of the answer, as it was sent. */
  get announcedBytes(): string | undefined {
    return this.answer?.headers["content-length"];
  }

  /**
   * Sends the request as node:http would: this object is given to axios as its `transport`.
   *
   * The time limit for connecting is kept here, because axios knows only one limit for connecting and
   * waiting together, and Node's own starts after the connection is made.
   */
  readonly request = (
    options: RequestOptions,
    onResponse: (response: http.IncomingMessage) => void,
  ): http.ClientRequest => {
    const { request } = options.protocol === "https:" ? https() : http;
    const sent = request(options, (response) => {
      this.answeredAtMs = performance.now();
      this.answer = { statusCode: response.statusCode, headers: response.headers };
      response.on("data", (chunk: Uint8Array) => {
        this.receivedBytes += chunk.length;
        if (this.#keepsBody) this.chunks.push(chunk);
      });
      onResponse(response);
    });
    sent.once("socket", (socket) => {
      this.reusedConnection = sent.reusedSocket;
      this.connected = !socket.connecting;
      if (this.connected) return;
      const timer = setTimeout(() => {
        sent.destroy(new ConnectTimeoutError());
      }, this.#connectTimeoutMs);
      socket.once("connect", () => {
        this.connected = true;
        clearTimeout(timer);
      });
      sent.once("close", () => {
        clearTimeout(timer);
      });
    });
    return sent;
  };
}
