import { decodeThrown, type Submission } from "../../codec/decode-error.js";
import { ReplyStatus, type ChunkFailure, type ChunkOutcome } from "../shared/messages.js";
import type { Values } from "../shared/values.js";
import { argumentError } from "./argument-error.js";
import { argumentsOf } from "./chunk-lists.js";
import { textOf } from "./submission-stacks.js";
import type { WorkerCall } from "./worker-call.js";

/** Says whether a reply can be the end of a call. */
export function isEndOf(call: WorkerCall, status: number, value: unknown): boolean {
  switch (status) {
    case ReplyStatus.Value:
    case ReplyStatus.Undefined:
      return !call.isChunk;
    case ReplyStatus.Values:
      return call.isChunk && isListOf(value, call.weight);
    case ReplyStatus.Chunk:
      return call.isChunk && isListOf((value as Partial<ChunkOutcome> | null)?.values, call.weight);
    case ReplyStatus.Thrown:
    case ReplyStatus.Stopped:
    case ReplyStatus.Unreadable:
      return true;
    default:
      return false;
  }
}

function isListOf(value: unknown, length: number): boolean {
  return Array.isArray(value) && value.length === length;
}

/** Ends a call, whose slot is free already, with what its worker has sent. */
export function settle(call: WorkerCall, status: number, value: unknown): void {
  switch (status) {
    case ReplyStatus.Undefined:
      call.succeeded(undefined);
      return;
    case ReplyStatus.Thrown:
      call.failed(decoded(value, textOf(call.submission)));
      return;
    case ReplyStatus.Stopped:
      call.stopped();
      return;
    case ReplyStatus.Unreadable:
      call.failed(argumentError(argumentsOf(call), call.host.carriesContext, decoded(value)));
      return;
    case ReplyStatus.Values: {
      const values = value as unknown[];
      call.succeeded(withRefused({ values, thrown: undefined }, call.refused));
      return;
    }
    case ReplyStatus.Chunk:
      call.succeeded(withRefused(value as ChunkOutcome<Values>, call.refused));
      return;
    default:
      call.succeeded(value);
  }
}

/** What an error becomes is also up to users, who format stacks and register classes: whatever they do, the call ends. */
export function decoded(encoded: unknown, details?: Submission): unknown {
  try {
    return decodeThrown(encoded, details);
  } catch (error) {
    return error;
  }
}

/** Adds to the outcomes of a chunk those of the calls that were never sent. */
function withRefused(
  outcome: ChunkOutcome<Values>,
  refused: readonly ChunkFailure[] | undefined,
): ChunkOutcome<Values> {
  if (refused === undefined) return outcome;
  return { ...outcome, thrown: [...refused, ...(outcome.thrown ?? [])] };
}
