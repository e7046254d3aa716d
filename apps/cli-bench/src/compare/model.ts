import type { ExecutorKind } from "../executors.js";
import type { CallSpan, WorkloadName } from "../tasks.js";

/** What is measured: a workload on an executor with so many workers. */
export interface Case {
  readonly workload: WorkloadName;
  readonly executor: ExecutorKind;
  readonly workers: number;
}

/** What was measured of a case. */
export interface CaseResult extends Case {
  /** Milliseconds of each repetition, in the order of running. */
  readonly runsMs: readonly number[];
  /** The calls of the last repetition. */
  readonly calls: readonly CallSpan[];
}

/** The machine and program that measured. */
export interface MachineFacts {
  readonly cpu: string;
  readonly cores: number;
  readonly platform: string;
  readonly node: string;
  readonly memoryBytes: number;
  /** The load average of the last minute when the measurement began. */
  readonly load: number;
}

/** One comparison, as it is written with --json and read with --baseline. */
export interface Report {
  readonly schema: 1;
  readonly createdAt: string;
  readonly machine: MachineFacts;
  /** How many times the usual amount of work it was. */
  readonly scale: number;
  readonly repetitions: number;
  /** Whether somebody ended the run before all repetitions were done. */
  readonly interrupted: boolean;
  readonly cases: readonly CaseResult[];
}

/** A value and the interval in which it lies with a confidence of 95 %. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What follows from the measurements of a case. */
export interface Summary extends Case {
  readonly runs: number;
  readonly medianMs: Estimate;
  /** How many times as fast as the reference; of one in its own reference 1. */
  readonly speedUp: Estimate;
  /** The speed-up divided by the workers. */
  readonly efficiency: number;
  /** The case that the speed-up refers to. */
  readonly reference: Case;
}

/** Names a case where the workload is known. */
export function describeExecutor({ executor, workers }: Omit<Case, "workload">): string {
  return executor === "inline" ? "inline" : `${executor} × ${workers}`;
}
