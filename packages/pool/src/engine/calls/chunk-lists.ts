import type { Chunk } from "../shared/messages.js";
import type { WorkerCall } from "./worker-call.js";

/** The calls of a chunk as lists of arguments. */
export function listsOf(chunk: Chunk): readonly (readonly unknown[])[] {
  if ("each" in chunk) return Array.from(chunk.each, (only) => [only]);
  return chunk.lists.map((args) => args ?? []);
}

/** All arguments of a call, or of the calls of a chunk, for an error about them. */
export function argumentsOf({ chunk, args }: WorkerCall): readonly unknown[] {
  return chunk === undefined ? args : listsOf(chunk);
}
