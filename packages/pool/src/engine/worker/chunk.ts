import { encodeThrown } from "../../codec/encode-error.js";
import { isThenable } from "../../internal/kinds.js";
import type { ChunkFailure, ChunkOutcome } from "../shared/messages.js";
import type { RunningCall } from "./running-call.js";
import type { Callable } from "./task-table.js";

/** The arguments of the calls of a chunk; undefined where a call's could not be sent. */
export type ChunkArguments = readonly (readonly unknown[] | undefined)[];

/** Runs the calls of a chunk in order; each has an end of its own. When they are asked to stop the rest is left out. */
export function runChunk(
  call: RunningCall,
  fn: Callable,
  list: ChunkArguments,
  record: (us: number) => void,
): ChunkOutcome | Promise<ChunkOutcome> {
  const values: unknown[] = new Array<unknown>(list.length);
  const thrown: ChunkFailure[] = [];
  const begun = performance.now();
  for (let index = 0; index < list.length; index += 1) {
    const args = list[index];
    if (args === undefined) continue;
    if (call.asked()) return { values, thrown, stopped: index };
    try {
      const value = fn(...args);
      if (isThenable(value)) {
        return runChunkAsync(call, fn, list, { index, value }, { values, thrown });
      }
      values[index] = value;
    } catch (error) {
      if (call.isAnswer(error)) return { values, thrown, stopped: index };
      thrown.push([index, encodeThrown(error)]);
    }
  }
  record(((performance.now() - begun) * 1e3) / list.length);
  return { values, thrown: thrown.length === 0 ? undefined : thrown };
}

/** Goes on with a chunk from the first call that gave a promise. */
async function runChunkAsync(
  call: RunningCall,
  fn: Callable,
  list: ChunkArguments,
  first: { index: number; value: unknown },
  { values, thrown }: { values: unknown[]; thrown: ChunkFailure[] },
): Promise<ChunkOutcome> {
  for (let index = first.index; index < list.length; index += 1) {
    const args = list[index];
    if (args === undefined) continue;
    const begun = index === first.index;
    if (!begun && call.asked()) return { values, thrown, stopped: index };
    try {
      values[index] = await (begun ? first.value : fn(...args));
    } catch (error) {
      if (call.isAnswer(error)) return { values, thrown, stopped: index };
      thrown.push([index, encodeThrown(error)]);
    }
  }
  return { values, thrown: thrown.length === 0 ? undefined : thrown };
}
