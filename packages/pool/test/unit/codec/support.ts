import { types } from "node:util";
import { deserialize, serialize } from "node:v8";
import { decodeThrown } from "../../../src/codec/decode-error.js";
import { encodeThrown } from "../../../src/codec/encode-error.js";

/** What messages to threads and to processes do to data. */
export const channels: [name: string, cross: (data: unknown) => unknown][] = [
  ["structured clone", (data) => structuredClone(data)],
  ["v8.serialize", (data) => deserialize(serialize(data)) as unknown],
];

/** Sends what a task throws to its caller, without a worker. */
export function roundTrip(thrown: unknown, cross: (data: unknown) => unknown): unknown {
  return decodeThrown(cross(encodeThrown(thrown)));
}

/** Sends a thrown error and insists that it arrives as an error. */
export function roundTripError(
  thrown: Error,
  cross: (data: unknown) => unknown = structuredClone,
): Error {
  const caught = roundTrip(thrown, cross);
  if (!types.isNativeError(caught) && !(caught instanceof DOMException))
    throw new TypeError("what arrived is no error");
  return caught;
}

/** Gives what `{ ...error }` would: its own enumerable properties. */
export function ownData(error: Error): object {
  return Object.fromEntries(Object.entries(error));
}
