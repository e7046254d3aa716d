import { stackText } from "../../internal/stack.js";
import type { ChunkFailure, ChunkOutcome } from "../shared/messages.js";
import type { Values } from "../shared/values.js";
import type { WorkerCall } from "./worker-call.js";

/** Says where a call was submitted, for the stack of its error. */
export function submittedAt(call: WorkerCall): { submittedAt: string } | undefined {
  const stack = stackText(call.submission);
  return stack === undefined ? undefined : { submittedAt: stack };
}

/** Adds to the outcomes of a chunk those of the calls that were never sent. */
export function withRefused(
  outcome: ChunkOutcome<Values>,
  refused: readonly ChunkFailure[] | undefined,
): ChunkOutcome<Values> {
  if (refused === undefined) return outcome;
  return { ...outcome, thrown: [...refused, ...(outcome.thrown ?? [])] };
}
