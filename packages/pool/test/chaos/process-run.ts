import type { ChildProcess } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { setTimeout as sleep } from "node:timers/promises";
import { type Future, ProcessPoolExecutor } from "../../src/index.js";
import * as Tasks from "../fixtures/process-tasks.mjs";
import type { Log } from "../support/gate.js";
import { Random } from "../lib/random.mjs";
import { codeOf } from "./same.js";

/** So long nothing may settle while something is pending. */
const STALLED_MS = 120_000;
/** So many calls are out at a time. */
const CROWD = 400;

type Deed = "quiet" | "object" | "throw" | "nap" | "exit" | "exit later" | "die" | "nap exit";

/** What calls do, and how often. */
const kinds: readonly { name: Deed; weight: number }[] = [
  { name: "quiet", weight: 60 },
  { name: "object", weight: 15 },
  { name: "throw", weight: 8 },
  { name: "nap", weight: 10 },
  { name: "exit", weight: 0.25 },
  { name: "exit later", weight: 0.15 },
  { name: "die", weight: 0.15 },
  { name: "nap exit", weight: 0.15 },
];

interface ChaosCall {
  readonly id: number;
  readonly kind: Deed;
  readonly future: Future<unknown>;
  settled: number;
  /** Cancelled before it was sent: it must never begin. */
  takenBack: boolean;
  stopped: boolean;
}

/** Calls of a seed, and what strikes them. */
export class ProcessChaos {
  readonly pids: number[] = [];
  readonly #random: Random;
  readonly #children = new Set<ChildProcess>();
  readonly #calls: ChaosCall[] = [];

  constructor(
    private readonly seed: number,
    private readonly count: number,
    private readonly log: Log,
  ) {
    this.#random = new Random(seed);
  }

  /** Runs all of it, and gives what was wrong. */
  async complaints(): Promise<string[]> {
    const random = this.#random;
    subscribe("child_process", this.#made);
    const executor = new ProcessPoolExecutor({
      maxWorkers: random.int(2, 3),
      maxTasksPerWorker: random.pick([undefined, 300]),
      killAfterMs: random.pick([5, 30]),
      workerName: `chaos-${this.seed}`,
    });
    try {
      while (this.#calls.length < this.count) {
        const burst = Math.min(random.int(1, 150), this.count - this.#calls.length);
        for (let n = 0; n < burst; n += 1) this.#submit(executor);
        await this.#until(executor, () => this.#pending <= CROWD);
        if (random.chance(0.25)) this.#strike();
      }
      await this.#until(executor, () => this.#pending === 0);
      await executor.shutdown();
      return this.#judge();
    } finally {
      unsubscribe("child_process", this.#made);
      await executor.killWorkers();
    }
  }

  get #pending(): number {
    return this.#calls.length - this.#calls.filter(({ settled }) => settled > 0).length;
  }

  #submit(executor: ProcessPoolExecutor): void {
    const random = this.#random;
    const kind = random.weighted(kinds).name;
    const id = this.#calls.length;
    const { path } = this.log;
    const ms = random.chance(0.03) ? random.int(1, 15) : 0;
    const later = kind.startsWith("nap");
    const bound = random.chance(0.03)
      ? executor.with({ timeoutMs: random.int(1, 30) })
      : executor.with({});
    const future: Future<unknown> = later
      ? bound.submit(Tasks.chaosLater, path, id, kind === "nap" ? "" : "exit", random.int(0, 4))
      : bound.submit(Tasks.chaos, path, id, kind, ms);
    const call = { id, kind, future, settled: 0, takenBack: false, stopped: false };
    future.addDoneCallback(() => {
      call.settled += 1;
    });
    this.#calls.push(call);
    if (random.chance(0.04)) this.#later(() => this.#cancel(call));
    if (random.chance(0.03)) {
      this.#later(() => {
        if (future.done()) return;
        call.stopped = true;
        future.abort(`stop ${id}`);
      });
    }
  }

  #cancel(call: ChaosCall): void {
    const wasDone = call.future.done();
    if (call.future.cancel() && !wasDone) call.takenBack = true;
  }

  #later(act: () => void): void {
    if (this.#random.chance(0.5)) setTimeout(act, this.#random.int(0, 20));
    else queueMicrotask(act);
  }

  /** Sends a signal to a process that nothing in the engine expects. */
  #strike(): void {
    if (this.#children.size === 0) return;
    const child = this.#random.pick([...this.#children]);
    if (this.#random.chance(0.4)) {
      child.kill("SIGKILL");
      return;
    }
    child.kill("SIGSTOP");
    setTimeout(() => child.kill("SIGCONT"), this.#random.int(1, 40));
  }

  async #until(executor: ProcessPoolExecutor, isTrue: () => boolean): Promise<void> {
    let last = -1;
    let since = performance.now();
    while (!isTrue()) {
      const pending = this.#pending;
      if (pending !== last) [last, since] = [pending, performance.now()];
      if (performance.now() - since > STALLED_MS) {
        throw new Error(`${pending} calls never end: ${JSON.stringify(executor.stats())}`);
      }
      await sleep(1);
    }
  }

  #judge(): string[] {
    const begun = new Map<number, number>();
    const ended = new Map<number, number>();
    for (const line of this.log.lines) {
      const counts = line.startsWith("b") ? begun : ended;
      const id = Number(line.slice(1));
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    return this.#calls.flatMap((call) => {
      const runs = begun.get(call.id) ?? 0;
      const ends = ended.get(call.id) ?? 0;
      const problem = problemOf(call, runs, ends);
      const { outcome } = call.future;
      return problem === undefined
        ? []
        : [
            `${problem}: call ${call.id} ${call.kind} begun ${runs} ended ${ends} ${JSON.stringify(outcome)}`,
          ];
    });
  }

  readonly #made = (message: unknown): void => {
    const { process: child } = message as { process: ChildProcess };
    child.once("spawn", () => {
      if (child.pid !== undefined) this.pids.push(child.pid);
      this.#children.add(child);
    });
    child.once("exit", () => this.#children.delete(child));
  };
}

/** Says what is wrong with the end of a call, given how often it began and came to its end. */
function problemOf(call: ChaosCall, runs: number, ends: number): string | undefined {
  const { future, kind } = call;
  const { outcome } = future;
  if (call.settled !== 1 || outcome === undefined) return "it did not settle once";
  if (runs > 1 || ends > runs) return "it ran twice";
  if (call.takenBack) return runs > 0 || !future.cancelled() ? "it was taken back" : undefined;
  if (outcome.status === "fulfilled")
    return ends === 1 ? undefined : "it has a value and did not run";
  if (future.cancelled()) return call.stopped ? undefined : "nobody stopped it";
  const reason: unknown = outcome.reason;
  switch (codeOf(reason)) {
    case "CONCUR_TIMEOUT":
      return undefined;
    case "CONCUR_WORKER_CRASHED":
      // A process says that a call begins before it does: a signal may come between the two, its own exit cannot.
      return Reflect.get(reason as object, "started") === true &&
        Reflect.get(reason as object, "signal") === undefined &&
        runs !== 1
        ? "it is said to have begun"
        : undefined;
    default:
      return kind === "throw" && reason instanceof RangeError && ends === 1
        ? undefined
        : "it failed otherwise";
  }
}
