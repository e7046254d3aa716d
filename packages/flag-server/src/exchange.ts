import type { IncomingMessage, ServerResponse } from "node:http";

import type { Connection } from "./connection.js";
import type { Counters } from "./counters.js";
import type { Arrival, Journal, JournalOutcome } from "./journal.js";
import type { RequestBody } from "./request-bodies.js";
import type { FaultKind } from "./rules/fault.js";

/** What counts requests and remembers them. */
export interface Books {
  readonly counters: Counters;
  readonly journal: Journal;
}

/** One request whose reply takes its time: sees to it that it is counted once, however it ends. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly connection: Connection;
  readonly arrival: Arrival;
  /** The response that has to be out before this one may be, if there is one. */
  readonly previous: ServerResponse | undefined;
  readonly #books: Books;
  readonly #handle: number;
  #status = 0;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    connection: Connection,
    arrival: Arrival,
    books: Books,
  ) {
    this.request = request;
    this.response = response;
    this.connection = connection;
    this.arrival = arrival;
    this.previous = connection.began(response);
    this.#books = books;
    this.#handle = books.journal.open(arrival, Date.now());
    books.counters.requestBegan();
    connection.open.add(this);
  }

  /** Writes down what has come of the body of the request. */
  received(body: RequestBody): void {
    this.#books.journal.received(this.#handle, body);
  }

  /** Writes down which rule has harmed the request, and how. */
  harmed(rule: string, fault: FaultKind): void {
    this.#books.counters.faultDone(rule, fault);
    this.#books.journal.decided(this.#handle, rule, fault);
  }

  /** Writes down the status of the reply; 0 when there is none. */
  replied(status: number): void {
    this.#status = status;
    this.#books.journal.replied(this.#handle, status);
  }

  /** Counts bytes of a body that were handed to the connection. */
  countBytes(bytes: number): void {
    this.#books.journal.sentBytes(this.#handle, bytes);
    this.#books.counters.bodyBytes += bytes;
  }

  /** Ends the exchange as sent. Call it before the last write: once the bytes are out, the client may go on. */
  sent(): void {
    this.#end("sent");
  }

  /** Ends the exchange when the connection is gone. */
  aborted(): void {
    this.#end("aborted");
  }

  #end(outcome: JournalOutcome): void {
    if (!this.connection.open.delete(this)) return;
    this.#books.journal.close(this.#handle, outcome, Date.now());
    this.#books.counters.requestEnded(this.#status);
  }
}
