import { inspect } from "node:util";
import type { Future, Submitter, TaskOptions } from "../../src/index.js";
import type { Kind, Plan } from "./plan.js";
import type { Random } from "../lib/random.mjs";

/** One call, and all that was done to it. */
export class Call {
  readonly future: Future<unknown>;
  /** Reasons that it was given to stop. */
  readonly reasons: unknown[] = [];
  readonly progress: unknown[] = [];
  readonly options: TaskOptions;
  /** Whether it was stopped while it had not begun: then it must never begin. */
  takenBack = false;
  settled = 0;
  readonly submittedAt = performance.now();
  settledAt = Infinity;
  #deeds = "";

  constructor(
    readonly id: number,
    readonly kind: Kind,
    readonly plan: Plan,
    options: TaskOptions,
    submitter: Submitter,
  ) {
    this.options = { ...options, ...plan.options };
    if (options.signal?.aborted) this.reasons.push(options.signal.reason);
    this.future = plan.submit(submitter.with(this.options));
    this.future.addDoneCallback(() => {
      this.settled += 1;
      this.settledAt = performance.now();
    });
    this.future.onProgress((value) => this.progress.push(value));
  }

  cancel(): void {
    const wasDone = this.future.done();
    const cancelled = this.future.cancel();
    this.#deeds += ` cancel=${cancelled}`;
    if (!wasDone && cancelled) this.takenBack = true;
  }

  abort(reason: unknown): void {
    this.#stop("abort", reason, () => this.future.abort(reason));
  }

  /** Aborts its signal. */
  signal(controller: AbortController, reason: unknown): void {
    this.#stop("signal", reason, () => {
      controller.abort(reason);
    });
  }

  toString(): string {
    return `${this.kind.name} ${this.id} ${inspect(this.options, { depth: 0, breakLength: Infinity })}${this.#deeds}: ${inspect(this.future)}`;
  }

  #stop(name: string, reason: unknown, act: () => void): void {
    const wasDone = this.future.done();
    if (!wasDone) this.reasons.push(reason);
    act();
    this.#deeds += ` ${name}`;
    // Without a grace a call that runs is done at once, too.
    if (!wasDone && this.future.done() && this.options.killAfterMs !== 0) this.takenBack = true;
  }
}

/** Draws the options of a call, and what is done to it after it was handed in. */
export function drawCall(id: number, kind: Kind, random: Random, submitter: Submitter): Call {
  const options: TaskOptions = {};
  if (random.chance(0.1)) options.priority = random.int(-2, 2);
  if (random.chance(0.05)) options.timeoutMs = random.int(0, 30);
  if (random.chance(0.05)) options.killAfterMs = random.pick([0, 5, 1000]);
  const reason = drawReason(id, random);
  const controller = new AbortController();
  const signalled = random.chance(0.05);
  if (signalled) {
    options.signal = controller.signal;
    if (random.chance(0.1)) controller.abort(reason);
  }
  const call = new Call(id, kind, kind.plan(id, random), options, submitter);
  if (signalled) {
    later(random, () => {
      call.signal(controller, reason);
    });
  }
  if (random.chance(0.03)) call.cancel();
  else if (random.chance(0.1)) {
    later(random, () => {
      call.cancel();
    });
  }
  if (random.chance(0.08)) {
    later(random, () => {
      call.abort(reason);
    });
  }
  return call;
}

/** Acts at some moment that is likely to be a bad one. */
function later(random: Random, act: () => void): void {
  const when = random.int(0, 4);
  if (when === 0) queueMicrotask(act);
  else if (when === 1) setImmediate(act);
  else setTimeout(act, random.int(0, 25));
}

function drawReason(id: number, random: Random): unknown {
  return random.pick([
    `reason ${id}`,
    new Error(`reason ${id}`),
    Object.assign(new RangeError(`reason ${id}`), { code: "E_REASON" }),
    { id },
    0,
    () => id,
  ]);
}
