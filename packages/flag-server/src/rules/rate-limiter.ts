// As many clients as a test machine will ever have; a bucket that makes room is full again, which favours a
// client and fills no memory.
const MAX_CLIENTS = 10_000;

interface Bucket {
  tokens: number;
  readAtMs: number;
}

/** A token bucket for each client: a request takes one token, and tokens come back at a steady rate. */
export class RateLimiter {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(requestsPerSecond: number, burst: number) {
    this.#perSecond = requestsPerSecond;
    this.#burst = burst;
  }

  /** Takes a token. Gives 0, or when there is none the whole seconds until there will be one, from 1. */
  take(client: string, nowMs: number): number {
    const bucket = this.#buckets.get(client) ?? this.#open(client, nowMs);
    // A clock that was set back must not take tokens away.
    const elapsedMs = Math.max(0, nowMs - bucket.readAtMs);
    bucket.tokens = Math.min(this.#burst, bucket.tokens + (elapsedMs / 1000) * this.#perSecond);
    bucket.readAtMs = nowMs;
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return 0;
    }
    return Math.max(1, Math.ceil((1 - bucket.tokens) / this.#perSecond));
  }

  #open(client: string, nowMs: number): Bucket {
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size >= MAX_CLIENTS && oldest !== undefined) this.#buckets.delete(oldest);
    const bucket = { tokens: this.#burst, readAtMs: nowMs };
    this.#buckets.set(client, bucket);
    return bucket;
  }
}
