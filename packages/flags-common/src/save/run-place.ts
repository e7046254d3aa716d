import { readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { sha256Of } from "../shared/sha256.js";

let ofThisProcess: string | undefined;

/**
 * Names the place in which process ids mean something: this machine, and in it this container. Two runs in two containers
 * often have the same process id, and none sees whether the other one lives.
 */
export function runPlace(): string {
  return (ofThisProcess ??= sha256Of(Buffer.from(`${hostname()} ${processIdNamespace()}`)).slice(
    0,
    8,
  ));
}

function processIdNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    // Not on Linux.
    return "";
  }
}
