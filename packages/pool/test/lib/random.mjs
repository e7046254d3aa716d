/** Draws numbers that look random and are the same again for the same seed (mulberry32). */
export class Random {
  #state;

  constructor(seed) {
    this.#state = Math.imul(seed, 0x9e3779b9) >>> 0;
  }

  /** A number from 0, below 1. */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, both ends included. */
  int(from, to) {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  chance(probability) {
    return this.next() < probability;
  }

  pick(choices) {
    const index = this.int(0, choices.length - 1);
    if (index < 0) throw new RangeError("there is nothing to choose from");
    return choices[index];
  }

  /** Draws one of them, each as often as its weight says. */
  weighted(choices) {
    let left = this.next() * choices.reduce((sum, { weight }) => sum + weight, 0);
    const found = choices.find(({ weight }) => {
      left -= weight;
      return left < 0;
    });
    return found ?? this.pick(choices);
  }
}
