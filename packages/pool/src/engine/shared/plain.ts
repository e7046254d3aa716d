import { types } from "node:util";

/** Objects with more properties than this are tables rather than records, and V8's own way with them is faster. */
export const RECORD_NAMES = 16;

/**
 * Says whether a value is an object like those of an object literal. The clone of an array or a Date is not what its
 * properties make, and a proxy has none.
 */
export function isPlain(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    !types.isProxy(value) &&
    Object.getPrototypeOf(value) === Object.prototype
  );
}

/** Gives the names of an object's properties; undefined where there are more than `most`, or some that it has inherited. */
export function fewNames(value: object, most: number): readonly string[] | undefined {
  const names: string[] = [];
  // Unlike Object.keys() this can be left early.
  for (const name in value) {
    if (names.length === most || !Object.hasOwn(value, name)) return undefined;
    names.push(name);
  }
  return names;
}
