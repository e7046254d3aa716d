import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { type ExecutorStats, ThreadPoolExecutor } from "../../src/index.js";
import { type Call, drawCall } from "./call.js";
import { Cells } from "./cells.js";
import { deadlyKinds } from "./deadly-kinds.js";
import { harmlessKinds } from "./kinds.js";
import { MapRun } from "./map-run.js";
import { complaintAbout } from "./oracle.js";
import { Random } from "../lib/random.mjs";
import { drawWorld, type World } from "./world.js";

/** So long nothing may settle while something is pending. */
const STALLED_MS = 120_000;
/** So many complaints are worth reading. */
const SHOWN = 12;

/** Runs so many calls in a world of the seed's; gives what was wrong. */
export async function runChaos(seed: number, calls: number): Promise<string[]> {
  await using run = new ChaosRun(seed, calls);
  return await run.run();
}

class ChaosRun implements AsyncDisposable {
  readonly #cells: Cells;
  readonly #world: World;
  readonly #random: Random;
  readonly #executor: ThreadPoolExecutor;
  readonly #threads = new Set<Worker>();
  readonly #calls: Call[] = [];
  readonly #maps: MapRun[] = [];
  readonly #complaints: string[] = [];

  constructor(
    seed: number,
    private readonly count: number,
  ) {
    this.#cells = new Cells(count);
    this.#world = drawWorld(seed, this.#cells);
    this.#random = new Random(seed + 1e6);
    subscribe("worker_threads", this.#threadMade);
    this.#executor = new ThreadPoolExecutor(this.#world.options);
  }

  async run(): Promise<string[]> {
    while (this.#cells.taken < this.count) {
      this.#submitBurst();
      await this.#pause();
    }
    if (this.#world.ending === "done") await this.#settled("calls");
    const gone = this.#end();
    await this.#settled("calls after the end", gone);
    this.#judge();
    const shown = this.#complaints.slice(0, SHOWN);
    if (shown.length < this.#complaints.length) {
      shown.push(`and ${this.#complaints.length - shown.length} more`);
    }
    return shown;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    unsubscribe("worker_threads", this.#threadMade);
    void this.#executor.terminateWorkers();
    await Promise.all([...this.#threads].map((thread) => thread.terminate()));
  }

  #submitBurst(): void {
    const random = this.#random;
    const kinds = this.#world.deadly ? [...harmlessKinds, ...deadlyKinds] : harmlessKinds;
    // Sometimes many of one kind: only calls that are alike are sent far ahead.
    const only = random.chance(0.25) ? kinds[random.int(0, 2)] : undefined;
    for (let left = random.int(1, only ? 200 : 60); left > 0; left -= 1) {
      const room = this.count - this.#cells.taken;
      if (room === 0) return;
      if (random.chance(0.02)) {
        const items = Math.min(room, random.int(0, random.pick([5, 60, 300])));
        const first = this.#cells.take(items);
        this.#maps.push(new MapRun(first, items, this.#world, this.#cells, random, this.#executor));
      } else {
        const kind = only ?? random.weighted(kinds);
        this.#calls.push(drawCall(this.#cells.take(), kind, random, this.#executor));
      }
    }
  }

  async #pause(): Promise<void> {
    const random = this.#random;
    switch (random.int(0, 4)) {
      case 0:
        return;
      case 1:
        await turn();
        return;
      case 2:
        await sleep(random.int(0, 20));
        break;
      default:
        await this.#until(() => this.#pending <= 100, "fewer calls");
    }
    if (this.#world.deadly && random.chance(0.1)) this.#killOne();
  }

  /** Ends a thread from outside, as nothing in the engine expects it. */
  #killOne(): void {
    const up = [...this.#threads].filter((thread) => this.#cells.isUp(thread.threadId));
    if (up.length > 0) void this.#random.pick(up).terminate();
  }

  #end(): Promise<void> {
    switch (this.#world.ending) {
      case "cancelling":
        return this.#executor.shutdown({ cancelFutures: true });
      case "terminating":
        return this.#executor.terminateWorkers();
      case "hurrying":
        return this.#executor.shutdown({ timeoutMs: 20 });
      default:
        return this.#executor.shutdown();
    }
  }

  get #pending(): number {
    const { pending, running } = this.#executor.stats();
    return pending + running;
  }

  async #settled(what: string, gone?: Promise<void>): Promise<void> {
    let read = false;
    void Promise.all(this.#maps.map((map) => map.read)).then(() => (read = true));
    let ended = gone === undefined;
    void gone?.then(() => (ended = true));
    await this.#until(
      () => read && ended && this.#calls.every(({ settled }) => settled > 0),
      `${what} to settle`,
    );
  }

  /** Waits; when nothing moves any more, what is pending becomes a complaint. */
  async #until(isTrue: () => boolean, what: string): Promise<void> {
    let last = "";
    let since = performance.now();
    while (!isTrue()) {
      const { completed, failed, cancelled } = this.#executor.stats();
      const now = `${completed} ${failed} ${cancelled} ${this.#maps.map(({ state }) => state).join()}`;
      if (now !== last) [last, since] = [now, performance.now()];
      if (performance.now() - since > STALLED_MS) throw new Error(this.#dump(what));
      await sleep(1);
    }
  }

  #dump(what: string): string {
    const calls = this.#calls.filter(({ settled }) => settled === 0);
    const maps = this.#maps.filter(({ state }) => state === "begun");
    const lines = [...calls, ...maps].slice(0, 40).map((one) => {
      const { id } = one as { id?: number };
      const ran =
        id === undefined ? "" : ` begun ${this.#cells.begun(id)} ended ${this.#cells.ended(id)}`;
      return `  ${one.toString()}${ran}`;
    });
    return [
      `waited in vain for ${what}: ${calls.length} calls and ${maps.length} maps are pending`,
      JSON.stringify(this.#world),
      JSON.stringify(this.#executor.stats()),
      ...lines,
    ].join("\n");
  }

  #judge(): void {
    for (const call of this.#calls) {
      const complaint = complaintAbout(call, this.#world, this.#cells);
      if (complaint !== undefined) this.#complaints.push(complaint);
    }
    for (const map of this.#maps) {
      this.#complaints.push(...map.complaints);
      for (let id = map.first; id < map.first + map.count; id += 1) {
        if (this.#cells.begun(id) > 1)
          this.#complaints.push(`item ${id} ran twice: ${map.toString()}`);
      }
    }
    this.#judgeCounts(this.#executor.stats());
    if (this.#threads.size > 0) this.#complaints.push(`${this.#threads.size} threads are left`);
  }

  /** Compares the counts of the executor with the ends that were seen. */
  #judgeCounts(stats: ExecutorStats): void {
    const { workers, idle, busy, pending, running, ...ends } = stats;
    const seen = { completed: 0, failed: 0, cancelled: 0 };
    for (const { future } of this.#calls) {
      if (future.cancelled()) seen.cancelled += 1;
      else if (future.outcome?.status === "fulfilled") seen.completed += 1;
      else seen.failed += 1;
    }
    let unseen = 0;
    let dropped = 0;
    for (const { delivered, pulled, mayDrop } of this.#maps) {
      for (const end of ["completed", "failed", "cancelled"] as const) seen[end] += delivered[end];
      unseen += pulled - delivered.completed - delivered.failed - delivered.cancelled;
      if (mayDrop || this.#world.ending !== "done") dropped += 1;
    }
    const missing = {
      completed: ends.completed - seen.completed,
      failed: ends.failed - seen.failed,
      cancelled: ends.cancelled - seen.cancelled,
    };
    const { completed, failed, cancelled } = missing;
    const right =
      [workers, idle, busy, pending, running].every((count) => count === 0) &&
      [completed, failed, cancelled].every((count) => count >= 0) &&
      completed + failed + cancelled <= unseen &&
      completed + failed + cancelled >= unseen - dropped;
    if (!right) {
      this.#complaints.push(
        `stats do not add up: ${JSON.stringify({ stats, seen, unseen, dropped })}`,
      );
    }
  }

  readonly #threadMade = (message: unknown): void => {
    const { worker } = message as { worker: unknown };
    if (!(worker instanceof Worker)) return;
    this.#threads.add(worker);
    worker.once("exit", () => this.#threads.delete(worker));
  };
}
