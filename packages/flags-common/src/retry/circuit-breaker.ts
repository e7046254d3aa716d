import { sleep, WaitingLine } from "../shared/wait.js";

/** So many failures to connect in a row, and the server counts as down. */
const FAILURES_TO_OPEN = 5;
/** The waits between the probes of a server that is down; after the last one it is given up. */
const PROBE_DELAYS_MS = [250, 500, 1000, 2000, 4000];

/** What a download may do: go on as a usual request or as the only probe, or give up. */
export type Pass = "request" | "probe" | "stop";

/**
 * Keeps requests away from a server that is down, and lets one at a time try whether it is back.
 *
 * Closed: all requests pass. Open: all wait. After a while one of them passes as a probe; when it gets any
 * answer at all, all go on, and when a fifth probe in a row gets none, the server is given up.
 */
export class CircuitBreaker {
  readonly #line = new WaitingLine();
  readonly #delaysMs: readonly number[];
  readonly #signal: AbortSignal;
  #state: "closed" | "open" | "ready" | "probing" | "gaveUp" = "closed";
  #failuresInARow = 0;
  #failedProbes = 0;
  /** Ends the wait for the next probe: a timer that is left would keep the program alive. */
  #nextProbe = new AbortController();

  /** @param signal - Ends all waiting when the run stops. */
  constructor(signal: AbortSignal, delaysMs: readonly number[] = PROBE_DELAYS_MS) {
    this.#signal = signal;
    this.#delaysMs = delaysMs;
  }

  /** Whether the server is known to be down, now or for good. */
  get isOpen(): boolean {
    return this.#state !== "closed";
  }

  /** Whether the server was given up. */
  get gaveUp(): boolean {
    return this.#state === "gaveUp";
  }

  /** Waits until a request makes sense. */
  async pass(): Promise<Pass> {
    for (;;) {
      if (this.#signal.aborted || this.#state === "gaveUp") return "stop";
      if (this.#state === "closed") return "request";
      if (this.#state === "ready") {
        this.#state = "probing";
        return "probe";
      }
      await this.#line.join(this.#signal);
    }
  }

  /** Takes note of how a request ended that {@link pass} let go. */
  record(pass: Pass, reached: boolean): void {
    if (this.#state === "gaveUp") return;
    if (reached) this.#close();
    else if (pass === "probe") this.#probeFailed();
    else if (this.#state === "closed") {
      this.#failuresInARow += 1;
      if (this.#failuresInARow >= FAILURES_TO_OPEN) this.#open();
    }
  }

  #close(): void {
    this.#failuresInARow = 0;
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#failedProbes = 0;
    this.#nextProbe.abort();
    this.#line.callAll();
  }

  #probeFailed(): void {
    this.#failedProbes += 1;
    if (this.#failedProbes < this.#delaysMs.length) {
      this.#open();
      return;
    }
    this.#state = "gaveUp";
    this.#line.callAll();
  }

  #open(): void {
    this.#state = "open";
    this.#nextProbe = new AbortController();
    const signal = AbortSignal.any([this.#signal, this.#nextProbe.signal]);
    void this.#becomeReady(this.#delaysMs[this.#failedProbes] ?? 0, signal);
  }

  async #becomeReady(delayMs: number, signal: AbortSignal): Promise<void> {
    // An answer to an older request may close it meanwhile.
    if (!(await sleep(delayMs, signal))) return;
    this.#state = "ready";
    this.#line.callNext();
  }
}
