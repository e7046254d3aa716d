import type { IncomingMessage } from "node:http";

import { messageOf } from "./failures.js";
import { keptText } from "./kept-text.js";
import { checkFault } from "./rules/check-rules.js";
import type { Fault } from "./rules/fault.js";

/** Asks for a fault for this one request: a fault as JSON. */
const FAULT_HEADER = "x-fault";
/** Names the run that a request belongs to: each run has attempts of its own. */
const RUN_HEADER = "x-fault-run";
const MAX_RUN_LENGTH = 100;

/** Gives the fault that a request asks for, `undefined` for none, or says what is wrong with it. */
export function requestedFault(request: IncomingMessage): Fault | { wrong: string } | undefined {
  const field = request.headers[FAULT_HEADER];
  if (field === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(String(field));
  } catch {
    return { wrong: "X-Fault is not JSON" };
  }
  try {
    const fault = checkFault(value, "X-Fault");
    if (fault.kind !== "slow-accept") return fault;
    return { wrong: "X-Fault.kind must not be slow-accept: the connection is open already" };
  } catch (error) {
    return { wrong: messageOf(error) };
  }
}

/** Gives the run that a request belongs to, or an empty string. */
export function runOf(request: IncomingMessage): string {
  return keptText(String(request.headers[RUN_HEADER] ?? ""), MAX_RUN_LENGTH);
}
