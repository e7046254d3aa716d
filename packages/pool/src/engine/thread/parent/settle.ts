import { decodeThrown } from "../../../codec/decode-error.js";
import { submittedAt, withRefused } from "../../calls/settle.js";
import { ReplyStatus } from "../../shared/messages.js";
import { unpack } from "../wire/packed.js";
import type { WorkerCall } from "../../calls/worker-call.js";
import type { SentOutcome } from "../wire/thread-messages.js";

/** Ends a call, whose slot is free already, with what its thread has sent. */
export function settle(call: WorkerCall, status: number, value: unknown): void {
  switch (status) {
    case ReplyStatus.Thrown:
      call.failed(thrownBy(call, value));
      return;
    case ReplyStatus.Stopped:
      call.stopped();
      return;
    case ReplyStatus.Chunk: {
      const sent = value as SentOutcome;
      call.succeeded(withRefused({ ...sent, values: unpack(sent.values) }, call.refused));
      return;
    }
    default:
      call.succeeded(value);
  }
}

/** What an error becomes is also up to users, who format stacks and register classes: whatever they do, the call ends. */
function thrownBy(call: WorkerCall, encoded: unknown): unknown {
  try {
    return decodeThrown(encoded, submittedAt(call));
  } catch (error) {
    return error;
  }
}
