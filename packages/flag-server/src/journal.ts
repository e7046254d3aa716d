import { FLAG_LISTENER_LABELS, type FlagListenerLabel } from "./listener-label.js";
import { keptText } from "./kept-text.js";
import { packFields, unpackFields } from "./packed-fields.js";
import { RequestBodies, type RequestBody } from "./request-bodies.js";
import { codeOf } from "./rules/compile.js";
import type { FaultKind } from "./rules/fault.js";
import { headersTest, queryTest, type FieldMatches } from "./rules/field-test.js";
import { pathGlob } from "./rules/path-glob.js";

/** One request as the server saw it. */
export interface JournalEntry {
  /** Which request of the server it is since the start or the last reset, from 1. */
  readonly number: number;
  /** When it came, in milliseconds since 1970. */
  readonly timeMs: number;
  readonly listener: FlagListenerLabel;
  readonly method: string;
  /** Path of the URL without query, 300 characters of it at most. */
  readonly path: string;
  /** What stood behind the question mark, as it was sent, 1,000 characters of it at most. */
  readonly query: string;
  /**
   * The fields of its head by name in lower case, 4,000 characters of all at most; those that stand several
   * times are joined with a comma.
   */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes of the body that have come. */
  readonly requestBodyBytes: number;
  /** The first 64 KiB of the body as UTF-8; of old ones, with 16 MiB of all together, it is forgotten. */
  readonly requestBody?: string;
  /** Which request of this path on this listener, from 1. */
  readonly attempt: number;
  /** Which connection of the listener it came on, from 1. */
  readonly connection: number;
  /** Name of the rule that decided, `header` for a fault header and `limit` for a limit. Absent: none did. */
  readonly rule?: string;
  /** What the rule did. */
  readonly fault?: FaultKind;
  /** Status of the reply; 0 when there was none, or not yet. */
  readonly status: number;
  /** Bytes of the body that were handed to the connection. */
  readonly bodyBytes: number;
  /**
   * `"open"`: the reply is not complete yet. `"sent"`: it is handed to the connection, as complete as the
   * fault allows. `"aborted"`: the connection closed before.
   */
  readonly outcome: JournalOutcome;
  /** From the request's arrival to the end of its reply, in milliseconds; 0 while it is open. */
  readonly durationMs: number;
}

type JournalFacts = Omit<JournalEntry, "headers" | "requestBody">;

/** How far the reply to a request has come. */
export type JournalOutcome = "open" | "sent" | "aborted";

/** Which entries of the journal are meant. All that is given must hold. */
export interface JournalQuery {
  readonly listener?: FlagListenerLabel;
  readonly method?: string;
  /** A glob over the whole path, as in a rule. */
  readonly path?: string;
  /** A country code, in any case of letters. */
  readonly code?: string;
  readonly status?: number;
  readonly fault?: FaultKind;
  readonly rule?: string;
  /** Fields of the request, as in a rule: `{ "if-none-match": true }`. */
  readonly headers?: FieldMatches;
  /** Parameters of the query, as in a rule. */
  readonly query?: FieldMatches;
  /** Only entries with a higher number. */
  readonly after?: number;
}

/** What is known of a request when it comes. */
export interface Arrival {
  readonly listener: FlagListenerLabel;
  readonly method: string;
  readonly path: string;
  readonly attempt: number;
  readonly connection: number;
  readonly query: string;
  readonly rawHeaders: readonly string[];
}

/** How many requests are remembered: the last 10,000. */
const JOURNAL_CAPACITY = 10_000;
const MAX_PATH_LENGTH = 300;
const MAX_QUERY_LENGTH = 1000;
const OUTCOMES: readonly JournalOutcome[] = ["open", "sent", "aborted"];
const SENT = OUTCOMES.indexOf("sent");

/**
 * Remembers the last requests of all listeners, in the order of their arrival.
 *
 * A table of columns that is written round and round: an object for each request, kept for a while, would
 * cost the garbage collector more than the request costs the server.
 */
export class Journal {
  readonly #times = new Float64Array(JOURNAL_CAPACITY);
  readonly #durations = new Float64Array(JOURNAL_CAPACITY);
  readonly #bodyBytes = new Float64Array(JOURNAL_CAPACITY);
  readonly #attempts = new Float64Array(JOURNAL_CAPACITY);
  readonly #connections = new Float64Array(JOURNAL_CAPACITY);
  readonly #requestBytes = new Float64Array(JOURNAL_CAPACITY);
  readonly #statuses = new Uint16Array(JOURNAL_CAPACITY);
  readonly #listeners = new Uint8Array(JOURNAL_CAPACITY);
  readonly #outcomes = new Uint8Array(JOURNAL_CAPACITY);
  readonly #methods: string[] = [];
  readonly #paths: string[] = [];
  readonly #queries: string[] = [];
  readonly #fields: string[] = [];
  readonly #requestBodies = new RequestBodies();
  readonly #rules: (string | undefined)[] = [];
  readonly #faults: (FaultKind | undefined)[] = [];
  /** Rows ever written; a row's handle is its place among them, from 1, and never used again. */
  #written = 0;
  /** Rows written before the last reset. */
  #before = 0;

  /** Requests since the start or the last reset, forgotten ones included. */
  get last(): number {
    return this.#written - this.#before;
  }

  /** How many requests are not remembered any more. */
  get forgotten(): number {
    return Math.max(0, this.last - JOURNAL_CAPACITY);
  }

  /** Makes a row for a request that has just come, and gives its handle. */
  open(arrival: Arrival, timeMs: number): number {
    const { listener, method, path, query, rawHeaders, attempt, connection } = arrival;
    const row = this.#written % JOURNAL_CAPACITY;
    this.#times[row] = timeMs;
    this.#durations[row] = 0;
    this.#bodyBytes[row] = 0;
    this.#requestBytes[row] = 0;
    this.#attempts[row] = attempt;
    this.#connections[row] = connection;
    this.#statuses[row] = 0;
    this.#listeners[row] = FLAG_LISTENER_LABELS.indexOf(listener);
    this.#outcomes[row] = 0;
    this.#methods[row] = method;
    this.#paths[row] = keptText(path, MAX_PATH_LENGTH);
    this.#queries[row] = keptText(query, MAX_QUERY_LENGTH);
    this.#fields[row] = packFields(rawHeaders);
    this.#rules[row] = undefined;
    this.#faults[row] = undefined;
    this.#written += 1;
    this.#requestBodies.forgetUpTo(this.#written - JOURNAL_CAPACITY);
    return this.#written;
  }

  /** Makes a row for a request that came and was answered in one go. */
  answered(arrival: Arrival, timeMs: number, status: number, bodyBytes: number): void {
    const row = (this.open(arrival, timeMs) - 1) % JOURNAL_CAPACITY;
    this.#statuses[row] = status;
    this.#bodyBytes[row] = bodyBytes;
    this.#outcomes[row] = SENT;
  }

  /** Writes down which rule decided. */
  decided(handle: number, rule: string, fault: FaultKind): void {
    const row = this.#rowOf(handle);
    if (row < 0) return;
    this.#rules[row] = rule;
    this.#faults[row] = fault;
  }

  /** Writes down what has come of the body of the request. */
  received(handle: number, body: RequestBody): void {
    const row = this.#rowOf(handle);
    if (row < 0) return;
    this.#requestBytes[row] = body.bytes;
    this.#requestBodies.keep(handle, body);
  }

  /** Writes down the status of the reply. */
  replied(handle: number, status: number): void {
    const row = this.#rowOf(handle);
    if (row >= 0) this.#statuses[row] = status;
  }

  /** Adds to the bytes that were sent. */
  sentBytes(handle: number, bytes: number): void {
    const row = this.#rowOf(handle);
    if (row >= 0) this.#bodyBytes[row] = (this.#bodyBytes[row] ?? 0) + bytes;
  }

  /** Writes down how the request ended. */
  close(handle: number, outcome: JournalOutcome, timeMs: number): void {
    const row = this.#rowOf(handle);
    if (row < 0) return;
    this.#outcomes[row] = OUTCOMES.indexOf(outcome);
    // The clock may have been set back.
    this.#durations[row] = Math.max(0, timeMs - (this.#times[row] ?? 0));
  }

  /** Gives the entries that are meant, oldest first: of more than `limit` the newest. */
  find(query: JournalQuery = {}, limit = Infinity): JournalEntry[] {
    const fits = testOf(query);
    const entries: JournalEntry[] = [];
    for (let number = this.last; number > this.forgotten && entries.length < limit; number -= 1) {
      const row = this.#rowAt(number);
      const fields = this.#fields[row] ?? "";
      const facts = this.#facts(number, row);
      if (fits(facts, fields)) entries.push(this.#entry(facts, fields));
    }
    return entries.reverse();
  }

  /** Forgets all, and counts from 1 again. */
  reset(): void {
    this.#before = this.#written;
    for (const column of [this.#methods, this.#paths, this.#queries, this.#fields]) {
      column.length = 0;
    }
    this.#requestBodies.forgetUpTo(this.#written);
  }

  /** Gives where a row is, or -1 when it is forgotten. */
  #rowOf(handle: number): number {
    const known = handle > this.#before && handle > this.#written - JOURNAL_CAPACITY;
    return known ? (handle - 1) % JOURNAL_CAPACITY : -1;
  }

  #rowAt(number: number): number {
    return (this.#before + number - 1) % JOURNAL_CAPACITY;
  }

  #entry(facts: JournalFacts, fields: string): JournalEntry {
    const body = this.#requestBodies.get(this.#before + facts.number)?.start;
    return {
      ...facts,
      headers: unpackFields(fields),
      ...(body === undefined ? {} : { requestBody: body.toString("utf8") }),
    };
  }

  /** Gives what most questions are about: the rest of an entry takes more time. */
  #facts(number: number, row: number): JournalFacts {
    const rule = this.#rules[row];
    const fault = this.#faults[row];
    return {
      number,
      timeMs: this.#times[row] ?? 0,
      listener: FLAG_LISTENER_LABELS[this.#listeners[row] ?? 0] ?? "LOCAL",
      method: this.#methods[row] ?? "",
      path: this.#paths[row] ?? "",
      query: this.#queries[row] ?? "",
      requestBodyBytes: this.#requestBytes[row] ?? 0,
      attempt: this.#attempts[row] ?? 0,
      connection: this.#connections[row] ?? 0,
      ...(rule === undefined ? {} : { rule }),
      ...(fault === undefined ? {} : { fault }),
      status: this.#statuses[row] ?? 0,
      bodyBytes: this.#bodyBytes[row] ?? 0,
      outcome: OUTCOMES[this.#outcomes[row] ?? 0] ?? "open",
      durationMs: this.#durations[row] ?? 0,
    };
  }
}

function testOf(query: JournalQuery): (entry: JournalFacts, fields: string) => boolean {
  const { listener, method, path, code, status, fault, rule, after = 0 } = query;
  const fitsPath = path === undefined ? undefined : pathGlob(path);
  const fitsHeaders = query.headers === undefined ? undefined : headersTest(query.headers);
  const fitsQuery = query.query === undefined ? undefined : queryTest(query.query);
  return (entry, fields) =>
    entry.number > after &&
    (listener === undefined || entry.listener === listener) &&
    (method === undefined || entry.method === method) &&
    (code === undefined || codeOf(entry.path) === code.toLowerCase()) &&
    (status === undefined || entry.status === status) &&
    (fault === undefined || entry.fault === fault) &&
    (rule === undefined || entry.rule === rule) &&
    (fitsPath === undefined || fitsPath(entry.path)) &&
    (fitsQuery === undefined || fitsQuery(entry.query)) &&
    (fitsHeaders === undefined || fitsHeaders(valuesIn(unpackFields(fields))));
}

function valuesIn(fields: Readonly<Record<string, string>>): (name: string) => readonly string[] {
  return (name) => (Object.hasOwn(fields, name) ? [fields[name] ?? ""] : []);
}
