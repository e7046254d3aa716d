/** Counts of one listener since it started. */
export interface FlagListenerStats {
  /** Requests received, failed ones included. */
  readonly requests: number;
  /** Requests that wait for their reply now. */
  readonly concurrentRequests: number;
  /** The most requests that ever waited at the same time. A request ends before its client can know of it. */
  readonly peakConcurrentRequests: number;
  /** Connections that are open now. */
  readonly openConnections: number;
  /** Connections ever accepted: far fewer than `requests` when the client keeps them alive. */
  readonly newConnections: number;
}

const MAX_STATUS = 599;
const MAX_FAULTS = 2000;

/** All that is counted on one listener. The numbers of what is under way now survive a reset. */
export class Counters {
  requests = 0;
  concurrentRequests = 0;
  peakConcurrentRequests = 0;
  newConnections = 0;
  peakConnections = 0;
  refusedConnections = 0;
  bodyBytes = 0;
  readonly #statuses = new Float64Array(MAX_STATUS + 1);
  /** By name of the rule and kind of the fault, with a space between them. */
  readonly faults = new Map<string, number>();

  requestBegan(): void {
    this.requests += 1;
    this.concurrentRequests += 1;
    if (this.concurrentRequests > this.peakConcurrentRequests) {
      this.peakConcurrentRequests = this.concurrentRequests;
    }
  }

  requestEnded(status: number): void {
    this.concurrentRequests -= 1;
    this.#statuses[status] = (this.#statuses[status] ?? 0) + 1;
  }

  /** Counts a request that came and was answered in one go. */
  requestAnswered(status: number, bodyBytes: number): void {
    this.requestBegan();
    this.requestEnded(status);
    this.bodyBytes += bodyBytes;
  }

  /** Requests that have ended, by status; 0 stands for no reply. */
  get statuses(): ReadonlyMap<number, number> {
    return new Map(Array.from(this.#statuses.entries()).filter(([, count]) => count > 0));
  }

  faultDone(rule: string, kind: string): void {
    const key = `${rule} ${kind}`;
    // Whoever puts new rules in place again and again must not fill the memory.
    if (this.faults.size >= MAX_FAULTS && !this.faults.has(key)) return;
    this.faults.set(key, (this.faults.get(key) ?? 0) + 1);
  }

  reset(): void {
    this.requests = 0;
    this.peakConcurrentRequests = this.concurrentRequests;
    this.newConnections = 0;
    this.peakConnections = 0;
    this.refusedConnections = 0;
    this.bodyBytes = 0;
    this.#statuses.fill(0);
    this.faults.clear();
  }
}
