import { types } from "node:util";
import { copyArray, iterateArray, iterateTypedArray } from "../internal/platform.js";

/** Items side by side, each the one argument of a call. */
export type Column = unknown[] | Int32Array | Float64Array;

/**
 * Copies the items of a map in one step, where its one iterable is an array or a typed array and would be iterated as such.
 * Undefined for everything else: that has to be read item by item.
 */
export function columnOf(iterables: readonly unknown[]): Column | undefined {
  const [only] = iterables;
  if (iterables.length !== 1 || typeof only !== "object" || only === null) return undefined;
  if (types.isProxy(only)) return undefined;
  const iterate: unknown = Reflect.get(only, Symbol.iterator);
  if (Symbol.asyncIterator in only) return undefined;
  if (Array.isArray(only)) return iterate === iterateArray ? copyArray(only) : undefined;
  return iterate === iterateTypedArray ? numbersOf(only) : undefined;
}

function numbersOf(values: object): Column | undefined {
  if (types.isInt32Array(values)) return new Int32Array(values);
  // 64-bit integers are no numbers.
  if (types.isBigInt64Array(values) || types.isBigUint64Array(values)) return undefined;
  return types.isTypedArray(values) ? new Float64Array(values as Float64Array) : undefined;
}
