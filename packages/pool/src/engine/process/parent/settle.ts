import { decodeThrown } from "../../../codec/decode-error.js";
import { submittedAt, withRefused } from "../../calls/settle.js";
import type { ChunkOutcome } from "../../shared/messages.js";
import { ProcessReply } from "../wire/process-messages.js";
import { argumentError } from "../../calls/argument-error.js";
import { argumentsOf } from "../../calls/chunk-lists.js";
import type { WorkerCall } from "../../calls/worker-call.js";

/** Says whether a reply can be the end of a call. */
export function isEndOf(call: WorkerCall, status: number, value: unknown): boolean {
  switch (status) {
    case ProcessReply.Value:
    case ProcessReply.Undefined:
      return !call.isChunk;
    case ProcessReply.Values:
      return call.isChunk && isListOf(value, call.weight);
    case ProcessReply.Chunk:
      return call.isChunk && isListOf((value as Partial<ChunkOutcome> | null)?.values, call.weight);
    case ProcessReply.Thrown:
    case ProcessReply.Stopped:
    case ProcessReply.Unreadable:
      return true;
    default:
      return false;
  }
}

function isListOf(value: unknown, length: number): boolean {
  return Array.isArray(value) && value.length === length;
}

/** Ends a call with what its process has sent. */
export function settle(call: WorkerCall, status: number, value: unknown): void {
  switch (status) {
    case ProcessReply.Undefined:
      call.succeeded(undefined);
      return;
    case ProcessReply.Thrown:
      call.failed(decodeThrown(value, submittedAt(call)));
      return;
    case ProcessReply.Stopped:
      call.stopped();
      return;
    case ProcessReply.Unreadable:
      call.failed(argumentError(argumentsOf(call), call.host.carriesContext, decodeThrown(value)));
      return;
    case ProcessReply.Values: {
      const values = value as unknown[];
      call.succeeded(withRefused({ values, thrown: undefined }, call.refused));
      return;
    }
    case ProcessReply.Chunk:
      call.succeeded(withRefused(value as ChunkOutcome, call.refused));
      return;
    default:
      call.succeeded(value);
  }
}
