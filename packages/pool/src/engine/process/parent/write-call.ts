import { types } from "node:util";
import { encodeThrown } from "../../../codec/encode-error.js";
import { serializationError } from "../../../codec/find-uncloneable.js";
import { isPrimitive } from "../../../internal/kinds.js";
import type { CallId } from "../wire/call-id.js";
import type { FrameBatch } from "../wire/frame-batch.js";
import type { Chunk, ChunkFailure } from "../../shared/messages.js";
import { encodePayload, isPlainBytes, JsonForms } from "../wire/payload.js";
import { CallFlag, FLAGS } from "../wire/process-messages.js";
import { snapshot } from "../../shared/snapshot.js";
import { argumentError } from "../../calls/argument-error.js";
import { argumentsOf, listsOf } from "../../calls/chunk-lists.js";
import type { WorkerCall } from "../../calls/worker-call.js";
import { clone } from "../../shared/clone.js";

/** How the value of a call goes. */
const Form = { Number: 0, Json: 1, Bytes: 2, Payload: 3 } as const;

type Lists = readonly (readonly unknown[])[];

/**
 * Writes calls, each in two steps. `read()` takes the values, which may run code of the caller's that does anything; once it is
 * over nothing is left of theirs. `write()` puts the call among the frames, and runs nothing.
 */
export class CallWriter {
  readonly #forms = new JsonForms();
  #form: number = Form.Json;
  #code = 0;
  #value: unknown;
  #size = 0;

  /** @throws {SerializationError} When the arguments cannot be sent. */
  read(call: WorkerCall): void {
    const { args, options } = call;
    let code = call.task * FLAGS;
    if (options.timeoutMs !== undefined) code |= CallFlag.Timed;
    if (options.transfer !== undefined) options.transfer.forEach(assertCopyable);
    if (call.chunk !== undefined) {
      this.#readChunk(call, call.chunk, code | CallFlag.Chunk);
    } else if (call.streams !== undefined) {
      this.#took(Form.Payload, code | CallFlag.Streams, encode(call.streams.message(), call));
    } else if (options.name !== undefined) {
      this.#took(Form.Payload, code | CallFlag.Named, encode([options.name, args], call));
    } else {
      this.#readArguments(call, code);
    }
  }

  /** Puts what was read last into a batch. */
  write(batch: FrameBatch, id: CallId): void {
    const value = this.#value;
    this.#value = undefined;
    switch (this.#form) {
      case Form.Number:
        batch.addNumber(id, this.#code, value as number);
        return;
      case Form.Json:
        batch.add(id, this.#code, value, this.#size);
        return;
      case Form.Bytes:
        batch.addBytes(id, this.#code, value as Uint8Array);
        return;
      default:
        batch.addPayload(id, this.#code, value as Buffer);
    }
  }

  #readArguments(call: WorkerCall, code: number): void {
    const { args } = call;
    const only = args.length === 1 ? args[0] : undefined;
    if (typeof only === "number") {
      this.#took(Form.Number, code | CallFlag.Flat, only);
      return;
    }
    const forms = this.#forms.of(args, true);
    if (forms !== undefined) this.#took(Form.Json, code, forms, this.#forms.size);
    else if (isPlainBytes(only)) this.#took(Form.Bytes, code | CallFlag.Flat, only);
    else this.#took(Form.Payload, code, encode(args, call));
  }

  /** Of a chunk only those calls fail whose arguments cannot be sent: the worker gets the others. */
  #readChunk(call: WorkerCall, chunk: Chunk, code: number): void {
    // It may have been tried before, for another worker.
    if (call.refused !== undefined) call.refused = undefined;
    const items = onlyArguments(chunk);
    if (items === undefined) {
      const lists = listsOf(chunk);
      const forms = this.#listForms(lists);
      if (forms === undefined) this.#took(Form.Payload, code, encodeEach(call, lists));
      else this.#took(Form.Json, code, forms, this.#size);
      return;
    }
    const forms = this.#forms.of(items, false);
    if (forms !== undefined) this.#took(Form.Json, code | CallFlag.Flat, forms, this.#forms.size);
    // Nothing that primitives have in common can be told from a copy.
    else if (items.every(isPrimitive) && call.weight > 1)
      this.#took(Form.Payload, code | CallFlag.Flat, encode(items, call));
    else this.#took(Form.Payload, code, encodeEach(call, listsOf(chunk)));
  }

  /** Gives all lists in a form that JSON carries; undefined when it does not carry one of them. */
  #listForms(lists: Lists): readonly unknown[] | undefined {
    const forms: (readonly unknown[])[] = [];
    let size = 0;
    for (const list of lists) {
      const form = this.#forms.of(list, true);
      if (form === undefined) return undefined;
      size += this.#forms.size;
      forms.push(form);
    }
    this.#size = size;
    return forms;
  }

  #took(form: number, code: number, value: unknown, size = 0): void {
    this.#form = form;
    this.#code = code;
    this.#value = value;
    this.#size = size;
  }
}

/** The arguments of calls that have one each; undefined where one has another number of them. */
function onlyArguments(chunk: Chunk): readonly unknown[] | undefined {
  if ("each" in chunk) return Array.from(chunk.each);
  const lists = listsOf(chunk);
  return lists.every(({ length }) => length === 1) ? lists.map(([only]) => only) : undefined;
}

/** Writes all calls of a chunk. Each is copied by itself first: what two of them share must not be shared by their copies. */
function encodeEach(call: WorkerCall, lists: Lists): Buffer {
  const refused: ChunkFailure[] = [];
  const copies = lists.map((args, index) => {
    try {
      // Looking for what cannot be sent to a process is left to the end: few chunks have any.
      return snapshot(args) ?? clone(args);
    } catch (error) {
      refused.push(refusal(call, index, args, error));
      return undefined;
    }
  });
  if (refused.length > 0) call.refused = refused;
  try {
    return encodePayload(copies);
  } catch {
    // Between threads some of it could be sent, or all of it is too long.
  }
  copies.forEach((copy, index) => {
    if (copy === undefined) return;
    try {
      encodePayload(copy);
    } catch (error) {
      refused.push(refusal(call, index, lists[index] ?? [], error));
      copies[index] = undefined;
    }
  });
  call.refused = refused;
  return encode(copies, call);
}

function refusal(
  call: WorkerCall,
  index: number,
  args: readonly unknown[],
  error: unknown,
): ChunkFailure {
  return [index, encodeThrown(argumentError(args, call.host.carriesContext, error))];
}

function encode(value: unknown, call: WorkerCall): Buffer {
  try {
    return encodePayload(value);
  } catch (error) {
    throw argumentError(argumentsOf(call), call.host.carriesContext, error);
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
