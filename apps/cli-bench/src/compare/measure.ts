import { setImmediate as turn } from "node:timers/promises";
import type { Executor } from "@concur/pool";
import { createExecutor } from "../executors.js";
import type { Interruption } from "../interruption.js";
import { tasks } from "../task-references.js";
import type { CallSpan } from "../tasks.js";
import type { Case, CaseResult } from "./model.js";
import { WORKLOADS } from "./workloads.js";

/** What a comparison runs. */
export interface MeasureOptions {
  readonly cases: readonly Case[];
  readonly repetitions: number;
  /** Rounds before those that count. */
  readonly warmUps: number;
  readonly scale: number;
}

/** Calls in this thread let the event loop have its turn after so long: it hears of Ctrl-C there. */
const TURN_MS = 100;

interface OpenCase {
  readonly of: Case;
  readonly executor: Executor;
  readonly runsMs: number[];
  calls: readonly CallSpan[];
}

/**
 * Measures all cases, interleaved: each round runs each case once, so that a busy moment of the machine hurts all alike,
 * and every second round in the opposite order, so that none always follows the same other one.
 *
 * The executors are made before and stay: what is measured is the work, not the start of workers.
 *
 * @param advance - Called after each run, those that warm up included.
 * @returns What was measured, also when it was interrupted.
 */
export async function measure(
  { cases, repetitions, warmUps, scale }: MeasureOptions,
  interruption: Interruption,
  advance: () => void,
): Promise<CaseResult[]> {
  const open: OpenCase[] = [];
  try {
    for (const of of cases) {
      const executor = createExecutor(of.executor, of.workers);
      interruption.watch(executor);
      open.push({ of, executor, runsMs: [], calls: [] });
    }
    for (let round = -warmUps; round < repetitions; round += 1) {
      for (const current of round % 2 === 0 ? open : [...open].reverse()) {
        const { ms, calls } = await runOnce(current, scale);
        await turn();
        if (interruption.happened) return open.map(resultOf);
        if (round >= 0) {
          current.runsMs.push(ms);
          current.calls = calls;
        }
        advance();
      }
    }
  } catch (error) {
    // Workers that were ended fail their calls.
    if (!interruption.happened) throw error;
  } finally {
    await Promise.all(open.map(({ executor }) => executor.shutdown({ cancelFutures: true })));
  }
  return open.map(resultOf);
}

async function runOnce(
  { of, executor }: OpenCase,
  scale: number,
): Promise<{ ms: number; calls: CallSpan[] }> {
  const amounts = WORKLOADS[of.workload].amounts(scale);
  const startMs = performance.now();
  const calls: CallSpan[] = [];
  if (of.executor === "inline") {
    // Async calls would overlap there; this is the program without concurrency.
    let turnMs = startMs;
    for (const amount of amounts) {
      calls.push(await executor.run(tasks.timedJob, of.workload, amount));
      if (performance.now() - turnMs < TURN_MS) continue;
      await turn();
      turnMs = performance.now();
    }
  } else {
    const futures = amounts.map((amount) => executor.submit(tasks.timedJob, of.workload, amount));
    for (const future of futures) calls.push(await future.result());
  }
  return { ms: performance.now() - startMs, calls };
}

function resultOf({ of, runsMs, calls }: OpenCase): CaseResult {
  return { ...of, runsMs, calls };
}
