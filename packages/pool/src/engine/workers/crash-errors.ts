import { WorkerCrashedError } from "../../errors.js";
import { CALL_ATTEMPTS } from "../tuning.js";
import type { WorkerEnd, WorkerHandle } from "./worker-handle.js";
import { missingPermission } from "../../internal/permission.js";
import { isError } from "../../internal/kinds.js";

/** When a worker died, as its call sees it. */
export const RAN = "while it ran this call";
export const HELD = "while it had this call, which it may have begun";
export const READ = `when this call came, as ${CALL_ATTEMPTS - 1} others before it`;

/** The error of a call whose worker was killed because of another. */
export function killedError(
  { workerId, killedFor = "" }: WorkerHandle,
  started: true | "unknown",
): WorkerCrashedError {
  const message = `the worker was killed to stop ${killedFor}`;
  return new WorkerCrashedError(message, { workerId, started });
}

/** The error of a call whose worker died. */
export function crashError(
  workerId: number,
  end: WorkerEnd,
  when: string,
  started: true | "unknown",
): WorkerCrashedError {
  const { exitCode, signal, error } = end;
  const how = isError(error) ? `: ${error.message}` : "";
  const details = { exitCode, signal, workerId, started, cause: error };
  return new WorkerCrashedError(`worker ${workerId} ${wordOfEnd(end)} ${when}${how}`, details);
}

/** Why none could be started, in words, where the program itself was not allowed to. */
export function wordOfCause(error: unknown): string {
  const flag = missingPermission(error);
  return flag === undefined ? "" : `: Node's permission model asks for ${flag}`;
}

/** How a worker ended, in words. */
export function wordOfEnd({ exitCode, signal }: WorkerEnd): string {
  if (signal !== undefined) return `was ended by the signal ${signal}`;
  return `ended with exit code ${exitCode ?? "unknown"}`;
}
