import { encodeThrown } from "../../codec/encode-error.js";
import { moveOf, noteMove } from "../../internal/moves.js";
import { isThenable } from "../../internal/kinds.js";
import type { Chunk, ChunkFailure, ChunkOutcome } from "../shared/messages.js";
import { apply, monotonicMs, structuredClone } from "../../internal/platform.js";
import { asItIsNow } from "../shared/snapshot.js";
import type { RunningCall } from "./running-call.js";
import type { Callable } from "./task-table.js";

/** Runs the calls of a chunk in order; each has an end of its own. When they are asked to stop the rest is left out. */
export function runChunk(
  call: RunningCall,
  fn: Callable,
  chunk: Chunk,
  record: (us: number) => void,
): ChunkOutcome | Promise<ChunkOutcome> {
  const { length } = "each" in chunk ? chunk.each : chunk.lists;
  const each = "each" in chunk ? chunk.each : undefined;
  const lists = "lists" in chunk ? chunk.lists : [];
  const values: unknown[] = new Array<unknown>(length);
  const thrown: ChunkFailure[] = [];
  const begunAt = monotonicMs();
  for (let index = 0; index < length; index += 1) {
    if (each === undefined && lists[index] === undefined) continue;
    if (call.asked()) return { values, thrown, stopped: index };
    try {
      // Written out, and without a spread: so the compiler can put the task into this loop.
      const value = each === undefined ? callOne(fn, lists[index] ?? []) : fn(each[index]);
      if (isThenable(value)) {
        return runChunkAsync(call, fn, chunk, { index, value }, { values, thrown });
      }
      values[index] = toKeep(value);
    } catch (error) {
      if (call.isAnswer(error)) return { values, thrown, stopped: index };
      thrown.push([index, encodeThrown(call.explained(error))]);
    }
  }
  record(((monotonicMs() - begunAt) * 1e3) / length);
  return { values, thrown: thrown.length === 0 ? undefined : thrown };
}

/** Goes on with a chunk from the first call that gave a promise. */
async function runChunkAsync(
  call: RunningCall,
  fn: Callable,
  chunk: Chunk,
  first: { index: number; value: unknown },
  { values, thrown }: { values: unknown[]; thrown: ChunkFailure[] },
): Promise<ChunkOutcome> {
  const { length } = "each" in chunk ? chunk.each : chunk.lists;
  for (let index = first.index; index < length; index += 1) {
    const args = "each" in chunk ? [chunk.each[index]] : chunk.lists[index];
    if (args === undefined) continue;
    const hasBegun = index === first.index;
    if (!hasBegun && call.asked()) return { values, thrown, stopped: index };
    try {
      values[index] = toKeep(await (hasBegun ? first.value : apply(fn, undefined, args)));
    } catch (error) {
      if (call.isAnswer(error)) return { values, thrown, stopped: index };
      thrown.push([index, encodeThrown(call.explained(error))]);
    }
  }
  return { values, thrown: thrown.length === 0 ? undefined : thrown };
}

/** The rest of the chunk must not change what was returned, and no two values may have parts in common. */
function toKeep(value: unknown): unknown {
  const transfer = moveOf(value);
  if (transfer === undefined) return asItIsNow(value);
  try {
    // What is to be moved is moved here, and will be once more.
    const moved = structuredClone({ value, transfer }, { transfer: transfer as ArrayBuffer[] });
    if (typeof moved.value === "object" && moved.value !== null) {
      noteMove(moved.value, moved.transfer);
    }
    return moved.value;
  } catch {
    // It cannot be sent either: whoever sends it says why.
    return value;
  }
}

function callOne(fn: Callable, args: readonly unknown[]): unknown {
  return args.length === 2 ? fn(args[0], args[1]) : apply(fn, undefined, args);
}
