import type { Crew } from "./crew.js";
import type { Link } from "./link.js";
import { setTimeout } from "../internal/platform.js";

/** So often is looked, in milliseconds, as long as workers get on. */
const LOOK_MS = 2;
/** So seldom when none of them does. */
const SELDOM_MS = 16;

/**
 * Looks after workers that have calls behind the one they run: how long calls take is only an estimate.
 *
 * Results that a worker keeps back for a moment to tell of several at once are taken from it; and what lies behind a call
 * that turns out long goes to a worker that has nothing to do.
 */
export class Lookout {
  readonly #crew: Crew;
  readonly #rescue: (stuck: Link) => void;
  /** What each worker had come to at the last look. */
  readonly #begun = new WeakMap<Link, number>();
  /** What a worker that got stuck had come to: until it goes on, nothing is put behind it while others are free. */
  readonly #stuckAt = new WeakMap<Link, number>();
  #atLeast = 2;
  #looking = false;
  #pauseMs = LOOK_MS;

  /** @param rescue - Is told of a worker that does not get on while another has nothing to do. */
  constructor(crew: Crew, rescue: (stuck: Link) => void) {
    this.#crew = crew;
    this.#rescue = rescue;
  }

  /** Whether a worker has gone on since it was found stuck, if it ever was. */
  getsOn(link: Link): boolean {
    return link.begun === undefined || link.begun !== this.#stuckAt.get(link);
  }

  /**
   * Is told that work was handed out.
   *
   * @param atLeast - With fewer calls than this a worker needs nobody to look after it.
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
      if (cares) this.#looking = true;
      link.watched?.(often && cares);
    }
    if (!this.#looking) return;
    // What is looked after keeps the program alive by itself.
    setTimeout(this.#look, this.#pauseMs).unref();
  }

  readonly #look = (): void => {
    this.#looking = false;
    this.#pauseMs = Math.min(SELDOM_MS, this.#pauseMs * 2);
    for (const link of [...this.#crew.links]) {
      const { begun } = link;
      if (begun === undefined) continue;
      const cares = this.#cares(link);
      // Also from one that has little left by now: it may have kept results back while it was looked after.
      link.collectAll();
      if (!cares) continue;
      if (this.#begun.get(link) !== begun) {
        this.#begun.set(link, begun);
        this.#pauseMs = LOOK_MS;
      } else {
        this.#stuckAt.set(link, begun);
        if (this.#crew.links.some((other) => other.held === 0)) this.#rescue(link);
      }
    }
    this.#lookAgain();
  };

  #cares(link: Link): boolean {
    return link.live >= this.#atLeast && link.begun !== undefined;
  }
}
