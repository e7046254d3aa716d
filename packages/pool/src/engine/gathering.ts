import type { Crew } from "./crew.js";
import type { Link } from "./link.js";

/** To wake a worker takes at least so many microseconds before it runs anything. */
const WAKE_US = 20;
/** So often it is looked whether what was kept together is getting on. */
const LOOK_MS = 1;

/**
 * Keeps calls together that are done sooner by a worker that is awake than by one that has to be woken for them.
 *
 * How long calls take is only an estimate. So while calls lie behind others and a worker has nothing to do, a clock looks
 * whether those are getting on; what lies behind a call that turns out long goes to the others.
 */
export class Gathering {
  readonly #crew: Crew;
  readonly #rescue: (stuck: Link) => void;
  /** What each worker with more than one call had come to at the last look. */
  #begunAtLook = new Map<Link, number>();
  /** What a worker that got stuck had come to: until it goes on, nothing more is put behind it. */
  readonly #stuckAt = new WeakMap<Link, number>();
  #looking = false;
  #us = 0;

  constructor(crew: Crew, rescue: (stuck: Link) => void) {
    this.#crew = crew;
    this.#rescue = rescue;
  }

  /** Is told how long the calls take that are about to be handed out; 0 when nobody knows, or when they are long anyway. */
  expect(us: number): void {
    this.#us = us;
  }

  /** So many calls for one worker are not worth waking a second one; 1 when each is. */
  get fewest(): number {
    return this.#us === 0 ? 1 : Math.max(1, Math.floor(WAKE_US / this.#us));
  }

  /** Whether calls may be put behind what this worker has. */
  getsOn(link: Link): boolean {
    return link.begun !== undefined && link.begun !== this.#stuckAt.get(link);
  }

  /** Sees to it that nothing lies behind a long call while a worker has nothing to do. */
  watch(): void {
    if (this.#looking || !this.#someoneCouldHelp()) return;
    this.#looking = true;
    setTimeout(this.#look, LOOK_MS).unref();
  }

  readonly #look = (): void => {
    this.#looking = false;
    const before = this.#begunAtLook;
    this.#begunAtLook = new Map();
    if (!this.#someoneCouldHelp()) return;
    for (const link of [...this.#crew.links]) {
      const { begun } = link;
      if (link.live < 2 || begun === undefined) continue;
      if (before.get(link) === begun) {
        this.#stuckAt.set(link, begun);
        this.#rescue(link);
      } else {
        this.#begunAtLook.set(link, begun);
      }
    }
    this.watch();
  };

  #someoneCouldHelp(): boolean {
    let idle = false;
    let several = false;
    for (const link of this.#crew.links) {
      if (link.held === 0) idle = true;
      else if (link.live > 1) several = true;
    }
    return idle && several;
  }
}
