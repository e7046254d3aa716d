import { decodeThrown } from "../../codec/decode-error.js";
import { siteOf, withRefused } from "../replies-of.js";
import { ReplyStatus, type SentOutcome } from "../shared/messages.js";
import { unpack } from "../shared/packed.js";
import type { WorkerCall } from "../worker-call.js";

/** Ends a call with what its thread has sent. */
export function settle(call: WorkerCall, status: number, value: unknown): void {
  switch (status) {
    case ReplyStatus.Thrown:
      call.failed(decodeThrown(value, siteOf(call)));
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
