import type { Future, Submitter, TaskOptions } from "../../src/index.js";
import type { Random } from "../lib/random.mjs";
import { codeOf, isSameData } from "./same.js";

type Outcome = PromiseSettledResult<unknown>;

/** One call as it was drawn: how to hand it in, and what becomes of it when it is left alone. */
export interface Plan {
  submit(submitter: Submitter): Future<unknown>;
  readonly options?: TaskOptions;
  /** Says whether this is an outcome of its own, and not one of what was done to it. */
  isOwn(outcome: Outcome): boolean;
  /** How often its body begins, and comes to its end, when the outcome is its own; undefined for either. */
  readonly begins: number | undefined;
  readonly ends: number | undefined;
}

/** A kind of call. */
export interface Kind {
  readonly name: string;
  readonly weight: number;
  plan(id: number, random: Random): Plan;
}

/** Gives this value. */
export function gives(value: unknown, submit: Plan["submit"], options?: TaskOptions): Plan {
  return {
    submit,
    ...(options && { options }),
    isOwn: (outcome) => outcome.status === "fulfilled" && isSameData(outcome.value, value),
    begins: 1,
    ends: 1,
  };
}

/** Fails with such a reason. */
export function fails(
  isOwn: (reason: unknown) => boolean,
  runs: number,
  submit: Plan["submit"],
): Plan {
  return {
    submit,
    isOwn: (outcome) => outcome.status === "rejected" && isOwn(outcome.reason),
    begins: runs,
    ends: runs,
  };
}

/** Has no outcome of its own but the death of its worker, which the oracle knows. */
export function dies(submit: Plan["submit"]): Plan {
  return { submit, isOwn: () => false, begins: 1, ends: 0 };
}

/** Tells the failure of what cannot be sent. */
export function isUnsendable(phase: "arguments" | "result"): (reason: unknown) => boolean {
  return (reason) =>
    codeOf(reason) === "CONCUR_NOT_SERIALIZABLE" &&
    Reflect.get(reason as object, "phase") === phase;
}
