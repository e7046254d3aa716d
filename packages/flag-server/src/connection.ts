import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** What the server knows of one open connection. */
export class Connection {
  /** Which connection of its listener it is, from 1. */
  readonly number: number;
  /** The TCP connection. */
  readonly socket: Socket;
  /** What requests and replies go through: the TCP connection itself, or TLS over it. */
  stream: Socket;
  readonly client: string;
  /** Exchanges whose reply is not handed to the socket yet. */
  readonly open = new Set<{ aborted: () => void }>();
  closed = false;
  #last: ServerResponse | undefined;
  readonly #onClose = new Set<() => void>();

  constructor(number: number, socket: Socket) {
    this.number = number;
    this.socket = socket;
    this.stream = socket;
    this.client = socket.remoteAddress ?? "";
  }

  /**
   * Takes note of a response that begins, and gives the one before it when that is not out yet.
   *
   * A client may send requests without waiting for replies (RFC 9112 9.3.2). Node keeps their replies in
   * order, but bytes written to the socket itself would come before those of earlier replies.
   */
  began(response: ServerResponse): ServerResponse | undefined {
    const previous = this.#last;
    this.#last = response;
    return response.socket === null ? previous : undefined;
  }

  /** Tells whether no other response has begun since. */
  isLast(response: ServerResponse): boolean {
    return this.#last === response;
  }

  /** Closes the connection as soon as the replies that have begun are out. */
  closeWhenDone(): void {
    const last = this.#last;
    if (last === undefined || last.writableFinished) return;
    last.once("finish", () => {
      this.stream.destroySoon();
    });
  }

  /** Calls `action` when the connection closes, unless the function that is returned is called before. */
  onceClosed(action: () => void): () => void {
    this.#onClose.add(action);
    return () => {
      this.#onClose.delete(action);
    };
  }

  /** Ends all that waits for this connection. */
  close(): void {
    this.closed = true;
    for (const exchange of this.open) exchange.aborted();
    for (const action of this.#onClose) action();
    this.#onClose.clear();
  }
}
