import { types } from "node:util";
import { encodeThrown } from "../../../codec/encode-error.js";
import { holdShareables } from "../../../codec/shareables.js";
import { isPrimitive } from "../../../internal/kinds.js";
import { SlotKind } from "../wire/slot-value.js";
import type { Chunk, ChunkFailure } from "../../shared/messages.js";
import { clone } from "../../shared/clone.js";
import { packIntegers, packRecords, type Packed } from "../wire/packed.js";
import { snapshot, snapshotAll } from "../../shared/snapshot.js";
import { argumentError } from "../../calls/argument-error.js";
import { listsOf } from "../../calls/chunk-lists.js";
import type { WorkerCall } from "../../calls/worker-call.js";

/** Arguments that do not fit into a slot. */
export interface ReadArguments {
  readonly kind: number;
  readonly message: unknown;
  /**
   * Whether it shares nothing with other calls, so that it may go in one message with theirs: what comes twice in one message
   * is one object for whoever reads it.
   */
  readonly isCopy: boolean;
}

/** Writes the arguments of a call down. Getters run, and whatever else users put into what they hand over. */
export function readArguments(call: WorkerCall): ReadArguments {
  const read = readPlainArguments(call);
  const { kind, message, isCopy } = read;
  if (!holdShareables(message)) return read;
  return { kind: SlotKind.Shareables, message: [kind, message], isCopy };
}

function readPlainArguments(call: WorkerCall): ReadArguments {
  if (call.chunk !== undefined) return readChunk(call, call.chunk);
  const { args, options, streams } = call;
  // To copy all else here would take longer than a message of its own does.
  const isCopy = args.every(isPrimitive);
  if (streams !== undefined) return { kind: SlotKind.Streams, message: streams.message(), isCopy };
  if (options.name !== undefined) {
    return { kind: SlotKind.Named, message: [options.name, args], isCopy };
  }
  return { kind: SlotKind.Message, message: args, isCopy };
}

/** Each call of a chunk gets copies of its own. Where something cannot be sent, that call alone is left out. */
function readChunk(call: WorkerCall, chunk: Chunk): ReadArguments {
  if (call.refused !== undefined) call.refused = undefined;
  const flat = flatArguments(chunk);
  if (flat !== undefined) return { kind: SlotKind.FlatChunk, message: flat, isCopy: true };
  const refused: ChunkFailure[] = [];
  const copies = listsOf(chunk).map((args, index) => {
    try {
      return snapshotAll(args) ?? clone(args);
    } catch (error) {
      const reason = argumentError(args, call.host.carriesContext, error);
      refused.push([index, encodeThrown(reason)]);
      return undefined;
    }
  });
  if (refused.length > 0) call.refused = refused;
  return { kind: SlotKind.Chunk, message: copies, isCopy: true };
}

/**
 * The arguments of the calls of a chunk when each has one: whole numbers and records in a form that is quick to copy and to
 * read. Undefined when one of them cannot be sent.
 */
function flatArguments(chunk: Chunk): unknown[] | Packed | undefined {
  const flat = "each" in chunk ? chunk.each : onlyArguments(listsOf(chunk));
  if (flat === undefined) return undefined;
  // Of the map alone: it was cut out for this chunk.
  if (types.isInt32Array(flat) || types.isFloat64Array(flat)) return flat;
  return packIntegers(flat) ?? packRecords(flat) ?? copiesOf(flat);
}

/** The arguments of calls that have one each; undefined where one has another number of them. */
function onlyArguments(lists: readonly (readonly unknown[])[]): unknown[] | undefined {
  const only: unknown[] = [];
  for (const args of lists) {
    if (args.length !== 1) return undefined;
    only.push(args[0]);
  }
  return only;
}

function copiesOf(values: ArrayLike<unknown>): unknown[] | undefined {
  try {
    return Array.from(values, (value) =>
      isPrimitive(value) ? value : (snapshot(value) ?? clone(value)),
    );
  } catch {
    return undefined;
  }
}
