import { readFileSync } from "node:fs";
import { fileReason } from "../file-reason.js";
import type { Report } from "./model.js";

/** Thrown for a file that is no report. */
export class BaselineError extends Error {
  override readonly name = "BaselineError";
}

/**
 * Reads a report that was written with --json.
 *
 * @throws {BaselineError} For a file that cannot be read or is no such report; the message begins with its path.
 */
export function readBaseline(path: string): Report {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new BaselineError(`${path}: ${fileReason(error)}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BaselineError(`${path}: not JSON`);
  }
  if (!isReport(value))
    throw new BaselineError(`${path}: not a report of cli-bench compare --json`);
  return value;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

function isReport(value: unknown): value is Report {
  if (!isObject(value) || !("schema" in value) || value.schema !== 1) return false;
  return "cases" in value && Array.isArray(value.cases) && value.cases.every(isCaseResult);
}

function isCaseResult(value: unknown): boolean {
  if (!isObject(value) || !("runsMs" in value) || !Array.isArray(value.runsMs)) return false;
  const named = "workload" in value && "executor" in value && "workers" in value;
  return named && value.runsMs.every((ms) => typeof ms === "number" && ms > 0);
}
