import { types } from "node:util";

/**
 * Says whether a value is an object like those of an object literal, and nothing but its properties: a Map stays one whatever
 * prototype it was given, and its clone is not what its properties make. Runs no code of users.
 */
export function isPlain(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    // First, as all else would run the traps of a proxy.
    !types.isProxy(value) &&
    Object.getPrototypeOf(value) === Object.prototype &&
    !isMoreThanItsProperties(value)
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

/** Says whether each object inherits a name that shows: then what `for (in)` gives need not be its own. */
export function allInheritNames(): boolean {
  for (const name in Object.prototype) return name !== "";
  return false;
}

/** Deno has no such values, and no such function. */
const isExternal =
  (Reflect.get(types, "isExternal") as typeof types.isExternal | undefined) ??
  ((): boolean => false);

/** Most of the time is that of this: each question is a call out of V8. */
function isMoreThanItsProperties(value: object): boolean {
  return (
    Array.isArray(value) ||
    types.isMap(value) ||
    types.isSet(value) ||
    types.isDate(value) ||
    types.isRegExp(value) ||
    types.isNativeError(value) ||
    types.isBoxedPrimitive(value) ||
    types.isAnyArrayBuffer(value) ||
    ArrayBuffer.isView(value) ||
    types.isArgumentsObject(value) ||
    types.isPromise(value) ||
    types.isGeneratorObject(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    isExternal(value)
  );
}
