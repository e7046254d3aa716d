import http from "node:http";
import https from "node:https";

/** Thrown into a request whose connection was not made in time. */
export class ConnectTimeoutError extends Error {
  override readonly name = "ConnectTimeoutError";
}

/** What one request went through, seen from below axios, which does not tell. */
export class RequestTrace {
  /** Bytes of the body received so far: axios gives no count for a body that breaks off. */
  receivedBytes = 0;
  /** Whether there was a connection. */
  connected = false;
  /** Whether the answer's headers came. */
  answered = false;
  /** The Content-Length of the answer, as it was sent. */
  announcedBytes: string | undefined;
  /** Whether the request went out on a connection kept alive from an earlier one. */
  reusedConnection = false;

  readonly #connectTimeoutMs: number;

  constructor(connectTimeoutMs: number) {
    this.#connectTimeoutMs = connectTimeoutMs;
  }

  /**
   * Sends the request as node:http would: this object is given to axios as its `transport`.
   *
   * The time limit for connecting is kept here, because axios knows only one limit for connecting and
   * waiting together, and Node's own starts after the connection is made.
   */
  readonly request = (
    options: https.RequestOptions,
    onResponse: (response: http.IncomingMessage) => void,
  ): http.ClientRequest => {
    const { request } = options.protocol === "https:" ? https : http;
    const sent = request(options, (response) => {
      this.answered = true;
      this.announcedBytes = response.headers["content-length"];
      response.on("data", (chunk: Uint8Array) => {
        this.receivedBytes += chunk.length;
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
