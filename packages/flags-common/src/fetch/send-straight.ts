import type { ClientRequest, IncomingMessage } from "node:http";
import type { RequestOptions } from "node:https";
import type { Cutoff } from "./cutoff.js";
import type { RequestTrace } from "./request-trace.js";

/** One request on its way. */
export interface Sending {
  readonly trace: RequestTrace;
  /** Ends it, also when its answer has begun: then the body breaks off. */
  readonly cutoff: Cutoff;
  /** Called once, when the request has failed or is over with its body. */
  readonly onClose: () => void;
}

/**
 * Sends one GET through node:http, and answers as soon as the headers are there: what is not wanted need not be read, and
 * what is need not be held in memory.
 */
export function sendStraight(
  options: RequestOptions,
  { trace, cutoff, onClose }: Sending,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      cutoff.remove(onCutoff);
      onClose();
    };
    const fail = (error: unknown): void => {
      reject(error);
      end();
    };
    const onCutoff = (): void => {
      fail(new Error("aborted"));
      request?.destroy();
    };
    let request: ClientRequest | undefined;
    if (cutoff.reason !== undefined) {
      onCutoff();
      return;
    }
    try {
      request = trace.request(options, resolve);
    } catch (error) {
      fail(error);
      return;
    }
    request.on("error", fail);
    request.on("close", end);
    cutoff.add(onCutoff);
    request.end();
  });
}
