import { availableParallelism } from "node:os";
import type { ThreadLink } from "./thread-link.js";

/** How long the parent looks for results by itself, in microseconds, before it goes back to sleep. */
const POLL_US = 50;
/** A gap between two looks longer than this means that something else had the core, or the loop. */
const GAP_MS = 0.4;

/**
 * Lets this thread look for results in its idle turns instead of sleeping until a worker wakes it, which is what most of
 * the time of a short round trip goes to.
 *
 * It pays only while each busy worker and this thread can have a core of their own, and nobody had to be woken first. It
 * learns: in vain makes it shorter, a result that came just after makes it full again.
 */
export class Poller {
  readonly #cores = availableParallelism();
  readonly #links: Iterable<ThreadLink>;
  readonly #enabled: boolean;
  #pollUs = POLL_US;
  #polling = false;
  /** Since when it has looked in vain; 0 begins anew. */
  #since = 0;
  #lastLook = 0;
  #lastSubmit = 0;
  #notBefore = 0;
  #backoffMs = 20;
  #lastGap = 0;
  #spinAllowed = true;

  constructor(links: Iterable<ThreadLink>, enabled: boolean) {
    this.#links = links;
    this.#enabled = enabled;
  }

  /** Whether workers may spin at the moment. */
  get spinAllowed(): boolean {
    return this.#spinAllowed;
  }

  /** Is told after each hand-out how things stand. */
  submitted(busyWorkers: number, inFlight: number, woke: boolean): void {
    const room = busyWorkers + 1 <= this.#cores;
    if (room !== this.#spinAllowed) {
      this.#spinAllowed = room;
      for (const link of this.#links) link.maySpin(room);
    }
    if (!this.#enabled) return;
    if (this.#polling) {
      this.#since = 0;
      if (!room || woke) this.#stop();
    } else if (room && !woke && inFlight > 0 && this.#pollUs > 0 && this.#mayStart()) {
      this.#start();
    } else if (this.#pollUs === 0) {
      this.#lastSubmit = performance.now();
    }
  }

  /** A worker had to wake this thread: if that was soon after the last hand-out, looking would have paid. */
  kicked(): void {
    if (!this.#enabled || this.#pollUs !== 0 || this.#lastSubmit === 0) return;
    if ((performance.now() - this.#lastSubmit) * 1e3 < POLL_US) this.#pollUs = POLL_US;
  }

  #mayStart(): boolean {
    return this.#notBefore === 0 || performance.now() > this.#notBefore;
  }

  #start(): void {
    this.#polling = true;
    this.#lastLook = 0;
    for (const link of this.#links) link.polling(true);
    this.#since = performance.now();
    setImmediate(this.#look);
  }

  #stop(): void {
    this.#polling = false;
    for (const link of this.#links) link.polling(false);
    // What was finished just before the stores above has woken nobody.
    for (const link of [...this.#links]) if (link.held > 0) link.collectAll();
  }

  readonly #look = (): void => {
    if (!this.#polling) return;
    let found = false;
    for (const link of [...this.#links]) {
      if (link.held > 0 && link.collectAll()) found = true;
    }
    const now = performance.now();
    if (this.#lastLook !== 0 && now - this.#lastLook > GAP_MS && this.#noteGap(now)) return;
    this.#lastLook = now;
    if (now - this.#lastGap > 2000) this.#backoffMs = 20;
    if (found || this.#since === 0) this.#since = now;
    if ((now - this.#since) * 1e3 < this.#pollUs) {
      setImmediate(this.#look);
      return;
    }
    if (this.#anyLive()) this.#pollUs = this.#pollUs > 12 ? this.#pollUs / 2 : 0;
    this.#lastSubmit = now;
    this.#stop();
  };

  #anyLive(): boolean {
    for (const link of this.#links) if (link.live > 0) return true;
    return false;
  }

  /** Twice within 10 ms: the core is wanted elsewhere for now. */
  #noteGap(now: number): boolean {
    const again = now - this.#lastGap < 10;
    this.#lastGap = now;
    if (!again) return false;
    this.#notBefore = now + this.#backoffMs;
    this.#backoffMs = Math.min(500, this.#backoffMs * 2);
    this.#stop();
    return true;
  }
}
