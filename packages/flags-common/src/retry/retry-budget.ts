/** So that small runs may retry at all. */
const MIN_RETRIES = 10;

/**
 * Limits the retries of a whole run: without it a server in trouble would get every request several times.
 */
export class RetryBudget {
  readonly #size: number;
  #left: number;
  #refused = 0;

  /**
   * @param items - How many files the run asks for.
   * @param percent - How many retries it may make, in percent of that.
   */
  constructor(items: number, percent: number) {
    this.#size = Math.max(MIN_RETRIES, Math.ceil((items * percent) / 100));
    this.#left = this.#size;
  }

  /** Takes one retry, if there is one left. */
  take(): boolean {
    if (this.#left > 0) {
      this.#left -= 1;
      return true;
    }
    this.#refused += 1;
    return false;
  }

  /** Says that retries were refused, if any were. */
  get note(): string | undefined {
    return this.#refused === 0
      ? undefined
      : `the retry budget of ${this.#size} is used up: ${this.#refused} retries were not made`;
  }
}
