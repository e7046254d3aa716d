import type { IncomingMessage, ServerResponse } from "node:http";
import type { SecureContext } from "node:tls";

import type { StaticFiles } from "./assets.js";
import { AttemptCounter } from "./attempt-counter.js";
import type { Connection } from "./connection.js";
import type { Counters } from "./counters.js";
import { Exchange, type Books } from "./exchange.js";
import { requestedFault, runOf } from "./fault-headers.js";
import { retryAfter } from "./faults/damaged-replies.js";
import { deliver, wait } from "./faults/deliver.js";
import type { Delivery } from "./faults/delivery.js";
import { planDelivery } from "./faults/plan-delivery.js";
import type { Arrival, Journal } from "./journal.js";
import type { FlagListenerLabel } from "./listener-label.js";
import type { PendingDelays } from "./pending-delays.js";
import { readBody } from "./request-bodies.js";
import { readFields } from "./request-fields.js";
import { requestTarget, textReply, type Reply } from "./reply.js";
import { decide, resolve, type Decision } from "./rules/decide.js";
import { RateLimiter } from "./rules/rate-limiter.js";
import type { FaultLimits } from "./rules/rule.js";
import type { RuleBook } from "./rules/rule-book.js";
import { replyFromFiles } from "./static-files.js";

/** What the listeners of a server have in common, and what sets one apart. */
export interface ListenerContext {
  readonly label: FlagListenerLabel;
  readonly seed: string;
  readonly files: StaticFiles;
  readonly rules: RuleBook;
  readonly journal: Journal;
  readonly faultHeaders: boolean;
  /** What TLS is spoken with; without it the listeners speak plain HTTP. */
  readonly secureContext: SecureContext | undefined;
  /** Where `/` leads, if anywhere. */
  readonly homePage: () => string | undefined;
}

/** One request, and what it came with. */
interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly connection: Connection;
  readonly arrival: Arrival;
  /** Whom the rate limit holds for. */
  readonly client: string;
}

/** Decides what each request of a listener gets, and sends it. */
export class RequestHandler {
  /** Whether connections are to be closed with their next reply. */
  draining = false;
  readonly #context: ListenerContext;
  readonly #delays: PendingDelays;
  readonly #books: Books;
  readonly #attempts = new AttemptCounter();
  #limiter: { readonly limits: FaultLimits; readonly buckets: RateLimiter } | undefined;

  constructor(context: ListenerContext, counters: Counters, delays: PendingDelays) {
    this.#context = context;
    this.#delays = delays;
    this.#books = { counters, journal: context.journal };
  }

  /** Counts attempts from 1 again, and fills the buckets of the rate limit. */
  reset(): void {
    this.#attempts.reset();
    this.#limiter = undefined;
  }

  /** Answers one request in time. */
  handle(connection: Connection, request: IncomingMessage, response: ServerResponse): void {
    const { faultHeaders, label } = this.#context;
    const { path, query } = requestTarget(request);
    const { hostIsSound, hasBody } = readFields(request.rawHeaders);
    const named = path ?? request.url ?? "";
    const run = faultHeaders ? runOf(request) : "";
    const tally = this.#attempts.next(run === "" ? named : `${run} ${named}`);
    const arrival = {
      listener: label,
      method: request.method ?? "GET",
      // One and the same string for all requests of a path, unless it is a long one.
      path: run === "" && tally.key.length === named.length ? tally.key : named,
      attempt: tally.attempts,
      connection: connection.number,
      query,
      rawHeaders: request.rawHeaders,
    };
    const client = run === "" ? connection.client : run;
    const asked = { request, response, connection, arrival, client };
    const verdict = path !== undefined && hostIsSound ? path : undefined;
    if (!hasBody) {
      this.#reply(asked, verdict, undefined);
      return;
    }
    const exchange = this.#open(asked);
    const goOn = (): void => {
      if (!connection.closed) this.#reply(asked, verdict, exchange);
    };
    readBody(request, (body) => exchange.received(body), goOn);
  }

  /** Replies to a request that is there. Without a path it is refused for its form. */
  #reply(asked: Asked, path: string | undefined, opened: Exchange | undefined): void {
    if (path === undefined) {
      this.#answer(asked, textReply(400), opened);
      return;
    }
    const refusal = this.#limit(asked.client);
    if (refusal !== undefined) {
      const exchange = opened ?? this.#open(asked);
      exchange.harmed("limit", "status");
      this.#send(exchange, { kind: "reply", reply: refusal }, 0);
      return;
    }
    const decision = this.#decide(asked);
    if (decision === undefined) {
      this.#answer(asked, this.#rightReply(asked.request, path), opened);
    } else if ("wrong" in decision) {
      this.#answer(asked, textReply(400, {}, decision.wrong), opened);
    } else {
      this.#harm(opened ?? this.#open(asked), decision);
    }
  }

  #open({ request, response, connection, arrival }: Asked): Exchange {
    return new Exchange(request, response, connection, arrival, this.#books);
  }

  /** Sends a reply that nothing holds up, as nearly all are: without an exchange, which costs its time. */
  #answer(asked: Asked, reply: Reply, opened: Exchange | undefined): void {
    if (opened !== undefined) {
      this.#send(opened, { kind: "reply", reply }, 0);
      return;
    }
    const { connection, response, arrival } = asked;
    const { status, headers, body } = reply;
    const { counters, journal } = this.#books;
    const content = arrival.method === "HEAD" ? undefined : body;
    const bytes = content?.length ?? 0;
    connection.began(response);
    // Before the write: once the bytes are out, the client may start its next request.
    counters.requestAnswered(status, bytes);
    journal.answered(arrival, Date.now(), status, bytes);
    // Without this a connection that just had its reply would stay open until its idle timeout.
    if (this.draining) response.setHeader("Connection", "close");
    response.writeHead(status, headers);
    response.end(content);
  }

  #limit(client: string): Reply | undefined {
    const { rules, label } = this.#context;
    const { limits } = rules.of(label);
    const { requestsPerSecond: perSecond, burst = 1, status = 429, retryAfterFormat } = limits;
    if (perSecond === undefined) return undefined;
    if (this.#limiter?.limits !== limits) {
      this.#limiter = { limits, buckets: new RateLimiter(perSecond, burst) };
    }
    const seconds = this.#limiter.buckets.take(client, Date.now());
    return seconds === 0 ? undefined : textReply(status, retryAfter(seconds, retryAfterFormat));
  }

  #decide({ request, arrival }: Asked): Decision | { wrong: string } | undefined {
    const { method, path, attempt, query } = arrival;
    const { faultHeaders, label: listener, rules, seed } = this.#context;
    const fault = faultHeaders ? requestedFault(request) : undefined;
    const { requests } = rules.of(listener);
    if (fault === undefined && requests.length === 0) return undefined;
    const identity = { seed, listener, path, attempt, method, query, message: request };
    if (fault === undefined) return decide(requests, identity);
    return "wrong" in fault ? fault : resolve("header", fault, identity);
  }

  #harm(exchange: Exchange, decision: Decision): void {
    const { request, connection, arrival } = exchange;
    const { rule, fault, delay } = decision;
    exchange.harmed(rule, fault.kind);
    const go = (): void => {
      const delivery = planDelivery(decision, () => this.#rightReply(request, arrival.path), {
        method: arrival.method,
        target: request.url ?? "",
        host: request.headers.host ?? "localhost",
        httpVersion: request.httpVersion,
        isSecure: this.#context.secureContext !== undefined,
        nowMs: Date.now(),
      });
      this.#send(exchange, delivery, delay?.before === "body" ? delay.ms : 0);
    };
    const ms = delay?.before === "headers" ? delay.ms : 0;
    wait({ connection, delays: this.#delays }, ms, go);
  }

  #rightReply(request: IncomingMessage, path: string): Reply {
    const { files, homePage } = this.#context;
    if (path === "/" && !files.has(path)) {
      const home = homePage();
      if (home !== undefined) return textReply(302, { Location: home });
    }
    return replyFromFiles(files, path, request);
  }

  #send(exchange: Exchange, delivery: Delivery, bodyDelayMs: number): void {
    exchange.replied(delivery.kind === "wire" ? delivery.status : delivery.reply.status);
    deliver(delivery, {
      connection: exchange.connection,
      response: exchange.response,
      previous: exchange.previous,
      method: exchange.arrival.method,
      bodyDelayMs,
      delays: this.#delays,
      isDraining: () => this.draining,
      onLast: () => {
        exchange.sent();
      },
      onBytes: (bytes) => {
        exchange.countBytes(bytes);
      },
    });
  }
}
