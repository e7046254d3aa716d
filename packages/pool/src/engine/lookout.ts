import type { Crew } from "./crew.js";
import type { Link } from "./link.js";
import { setImmediate, setTimeout } from "../internal/platform.js";

/** So often is looked, in milliseconds, as long as workers get on. */
const LOOK_MS = 2;
/** So seldom when none of them does. */
const SELDOM_MS = 16;

/** Who is told of what is seen. */
export interface LookoutListener {
  /** A worker does not get on, while another could take what lies there. */
  stuck(link: Link): void;
  /** A worker that was found stuck has gone on: it may have room. */
  getsOn(): void;
}

/**
 * Looks after workers that have calls behind those they run: how long calls take is only an estimate.
 *
 * Results that a worker keeps back for a moment to tell of several at once are taken from it; and what lies behind a call
 * that turns out long goes to a worker that has nothing to do, or that has a place and comes round to its calls.
 */
export class Lookout {
  readonly #crew: Crew;
  readonly #concurrency: number;
  readonly #listener: LookoutListener;
  /** What each worker had come to at the last look. */
  readonly #begun = new WeakMap<Link, number>();
  /** What a worker that got stuck had come to: until it goes on, nothing is put behind it while others are free. */
  readonly #stuckAt = new WeakMap<Link, number>();
  #atLeast = 2;
  #looking = false;
  #pauseMs = LOOK_MS;

  /** @param concurrency - How many calls a worker runs at once. */
  constructor(crew: Crew, concurrency: number, listener: LookoutListener) {
    this.#crew = crew;
    this.#concurrency = concurrency;
    this.#listener = listener;
  }

  /** Whether a worker has gone on since it was found stuck, if it ever was. */
  getsOn(link: Link): boolean {
    return link.begun === undefined || link.begun !== this.#stuckAt.get(link);
  }

  /**
   * Is told that work was handed out.
   *
   * @param atLeast - With fewer calls than this a worker needs nobody to look after it, where it runs one at a time.
   */
  watch(atLeast: number): void {
    this.#atLeast = atLeast;
    this.#pauseMs = LOOK_MS;
    this.#lookAgain();
  }

  #lookAgain(): void {
    if (this.#looking) return;
    const often = this.#pauseMs === LOOK_MS;
    for (const link of this.#crew.links) {
      const cares = this.#cares(link);
      if (cares || !this.getsOn(link)) this.#looking = true;
      link.watched?.(often && cares);
    }
    if (!this.#looking) return;
    // What is looked after keeps the program alive by itself.
    setTimeout(this.#afterReading, this.#pauseMs).unref();
  }

  /** What has come from processes meanwhile is read after timers. */
  readonly #afterReading = (): void => {
    setImmediate(this.#look);
  };

  readonly #look = (): void => {
    this.#looking = false;
    this.#pauseMs = Math.min(SELDOM_MS, this.#pauseMs * 2);
    for (const link of [...this.#crew.links]) {
      const { begun } = link;
      if (begun === undefined) continue;
      const cares = this.#cares(link);
      const wasStuck = this.#stuckAt.has(link);
      // Also from one that has little left by now: it may have kept results back while it was looked after.
      link.collectAll();
      if (wasStuck && this.#stuckAt.get(link) !== begun) {
        this.#stuckAt.delete(link);
        this.#listener.getsOn();
      }
      if (!cares) continue;
      if (this.#begun.get(link) !== begun) {
        this.#begun.set(link, begun);
        this.#pauseMs = LOOK_MS;
      } else {
        this.#stuckAt.set(link, begun);
        if (this.#crew.links.some((other) => this.#canTake(other))) this.#listener.stuck(link);
      }
    }
    this.#lookAgain();
  };

  #cares(link: Link): boolean {
    if (link.begun === undefined) return false;
    if (this.#concurrency === 1) return link.live >= this.#atLeast;
    // Who is not up yet comes to its calls when it is.
    return link.isUp && link.unseen > 0;
  }

  #canTake(link: Link): boolean {
    if (link.held === 0) return true;
    return link.held < this.#concurrency && link.unseen === 0 && this.getsOn(link);
  }
}
