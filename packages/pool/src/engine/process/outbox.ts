import { types } from "node:util";
import { encodeThrown } from "../../codec/encode-error.js";
import { serializationError } from "../../codec/find-uncloneable.js";
import type { FrameBatch } from "../shared/frame-batch.js";
import type { ChunkFailure } from "../shared/messages.js";
import { encodePayload, isPlainBytes, jsonForms } from "../shared/payload.js";
import { CallFlag, FLAGS } from "../shared/process-messages.js";
import { unsendableArguments } from "../unsendable.js";
import type { WorkerCall } from "../worker-call.js";
import { clone } from "../shared/clone.js";

/**
 * Puts a call into a batch of frames.
 *
 * @throws {SerializationError} When its arguments cannot be sent; the batch is as it was then.
 */
export function putCall(batch: FrameBatch, call: WorkerCall): void {
  const { args, options } = call;
  let code = call.task * FLAGS;
  if (options.timeoutMs !== undefined) code |= CallFlag.Timed;
  if (options.transfer !== undefined) options.transfer.forEach(assertCopyable);
  if (call.isChunk) {
    putChunk(batch, call, code | CallFlag.Chunk);
  } else if (call.flow !== undefined) {
    batch.addPayload(call.slot, code | CallFlag.Flow, encode(call.flow.message(), call));
  } else if (options.name !== undefined) {
    batch.addPayload(call.slot, code | CallFlag.Named, encode([options.name, args], call));
  } else {
    putArguments(batch, call, code);
  }
}

function putArguments(batch: FrameBatch, call: WorkerCall, code: number): void {
  const { args, slot } = call;
  const only = args.length === 1 ? args[0] : undefined;
  if (typeof only === "number") {
    batch.addNumber(slot, code | CallFlag.Flat, only);
    return;
  }
  const forms = jsonForms(args);
  if (forms !== undefined) batch.add(slot, code, forms);
  else if (isPlainBytes(only)) batch.addBytes(slot, code | CallFlag.Flat, only);
  else batch.addPayload(slot, code, encode(args, call));
}

/** Of a chunk only those calls fail whose arguments cannot be sent: the worker gets the others. */
function putChunk(batch: FrameBatch, call: WorkerCall, code: number): void {
  call.refused = undefined;
  const lists = call.args as readonly (readonly unknown[])[];
  const isFlat = lists.every(({ length }) => length === 1);
  const forms = isFlat ? jsonForms(lists.map(([only]) => only)) : listForms(lists);
  if (forms !== undefined) {
    batch.add(call.slot, isFlat ? code | CallFlag.Flat : code, forms);
    return;
  }
  let payload: Buffer;
  try {
    payload = encodePayload(lists);
  } catch {
    const refused: ChunkFailure[] = [];
    const rest = lists.map((args, index) => {
      try {
        // Its bytes and not the arguments: a getter may think otherwise when it is asked again.
        return copyOf(args, call);
      } catch (error) {
        refused.push([index, encodeThrown(error)]);
        return undefined;
      }
    });
    call.refused = refused;
    payload = encodePayload(rest);
  }
  batch.addPayload(call.slot, code, payload);
}

/** Gives all lists in a form that JSON carries; undefined when it does not carry one of them. */
function listForms(lists: readonly (readonly unknown[])[]): readonly unknown[] | undefined {
  const forms: (readonly unknown[])[] = [];
  for (const list of lists) {
    const form = jsonForms(list);
    if (form === undefined) return undefined;
    forms.push(form);
  }
  return forms;
}

function copyOf(args: readonly unknown[], call: WorkerCall): unknown {
  encode(args, call, args);
  return clone(args);
}

function encode(value: unknown, call: WorkerCall, args = call.args): Buffer {
  try {
    return encodePayload(value);
  } catch (error) {
    throw unsendableArguments(args, call.host.carriesContext, error);
  }
}

/** To move is to copy here, which works for bytes; a port, say, stays where it is. */
function assertCopyable(object: object, index: number): void {
  if (types.isArrayBuffer(object)) {
    // Node would send a buffer that has been moved before as an empty one, without a word.
    try {
      new Uint8Array(object);
      return;
    } catch (error) {
      throw serializationError("arguments", object, `transfer[${index}]`, error);
    }
  }
  const reason = new TypeError("only an ArrayBuffer can go to another process");
  throw serializationError("arguments", object, `transfer[${index}]`, reason);
}
