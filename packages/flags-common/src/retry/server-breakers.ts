import { setMaxListeners } from "node:events";
import { CircuitBreaker } from "./circuit-breaker.js";

/** A breaker for each server of a run: one that is down does not keep files away that are elsewhere. */
export class ServerBreakers {
  readonly #breakers = new Map<string, CircuitBreaker>();
  readonly #ended = new AbortController();
  readonly #signal: AbortSignal;

  /** @param signal - Ends all waiting when the run stops early. */
  constructor(signal: AbortSignal) {
    this.#signal = AbortSignal.any([signal, this.#ended.signal]);
    // Every download may wait; Node takes more than ten listeners for a leak.
    setMaxListeners(0, this.#signal);
  }

  /** Ends what is still under way when the run is over: a timer that is left would keep the program alive. */
  close(): void {
    this.#ended.abort();
  }

  /** The breaker of the server of an address. */
  of(url: string): CircuitBreaker {
    const { host } = new URL(url);
    let breaker = this.#breakers.get(host);
    if (breaker === undefined) {
      breaker = new CircuitBreaker(this.#signal);
      this.#breakers.set(host, breaker);
    }
    return breaker;
  }

  /** Names the servers that were given up. */
  get notes(): string[] {
    return [...this.#breakers]
      .filter(([, breaker]) => breaker.gaveUp)
      .map(([host]) => `gave up: the server at ${host} is down`);
  }
}
