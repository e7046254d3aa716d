// Compares two values as exactly as a program could tell them apart: kinds, prototypes, order of keys, holes, undefined
// properties, -0, and which places hold the same object.
import { types } from "node:util";

/** Says where and how `actual` differs from `expected`, or gives undefined. */
export function difference(actual, expected) {
  return new Comparison().compare(actual, expected, "value");
}

/**
 * Says which memory two values of different calls share, which they never must; `undefined` is the right answer. Functions
 * and primitives are nobody's.
 */
export function sharedPart(one, other) {
  const owned = new Set(objectsIn(one));
  for (const object of objectsIn(other)) if (owned.has(object)) return object;
  return undefined;
}

const BOXES = [
  ["isNumberObject", Number.prototype.valueOf],
  ["isStringObject", String.prototype.valueOf],
  ["isBooleanObject", Boolean.prototype.valueOf],
  ["isBigIntObject", BigInt.prototype.valueOf],
];

class Comparison {
  #actualOf = new Map();
  #expectedOf = new Map();

  compare(actual, expected, path) {
    if (typeof expected !== "object" || expected === null) {
      return Object.is(actual, expected) ? undefined : differs(path, actual, expected);
    }
    if (typeof actual !== "object" || actual === null) return differs(path, actual, expected);
    if (this.#actualOf.has(expected) || this.#expectedOf.has(actual)) {
      const isSame =
        this.#actualOf.get(expected) === actual && this.#expectedOf.get(actual) === expected;
      return isSame ? undefined : `${path} is another object than where it stood first`;
    }
    this.#actualOf.set(expected, actual);
    this.#expectedOf.set(actual, expected);
    return (
      compareKinds(actual, expected, path) ??
      this.#compareInside(actual, expected, path) ??
      this.#compareProperties(actual, expected, path)
    );
  }

  #compareInside(actual, expected, path) {
    if (types.isDate(expected))
      return this.compare(dateOf(actual), dateOf(expected), `${path}.getTime()`);
    if (types.isRegExp(expected))
      return this.compare(String(actual), String(expected), `${path}.source`);
    if (types.isMap(expected)) {
      const [own, other] = [
        [...Map.prototype.entries.call(actual)],
        [...Map.prototype.entries.call(expected)],
      ];
      return this.#compareLists(own.flat(1), other.flat(1), `${path}.entries`);
    }
    if (types.isSet(expected)) {
      const [own, other] = [
        [...Set.prototype.values.call(actual)],
        [...Set.prototype.values.call(expected)],
      ];
      return this.#compareLists(own, other, `${path}.values`);
    }
    if (ArrayBuffer.isView(expected)) {
      for (const name of ["byteOffset", "byteLength", "length"]) {
        const found = this.compare(actual[name], expected[name], `${path}.${name}`);
        if (found !== undefined) return found;
      }
      const [own, other] = [bytesOf(actual), bytesOf(expected)];
      if (!own.equals(other)) return `${path} has other bytes`;
      return this.compare(actual.buffer, expected.buffer, `${path}.buffer`);
    }
    if (types.isArrayBuffer(expected)) {
      if (actual.byteLength !== expected.byteLength) {
        return differs(`${path}.byteLength`, actual.byteLength, expected.byteLength);
      }
      // Small Buffers lie in a memory that all of the program's share, where others are written meanwhile.
      if (expected.byteLength === Buffer.poolSize) return undefined;
      return Buffer.from(actual).equals(Buffer.from(expected))
        ? undefined
        : `${path} has other bytes`;
    }
    for (const [is, valueOf] of BOXES) {
      if (types[is](expected))
        return this.compare(valueOf.call(actual), valueOf.call(expected), `${path} in its box`);
    }
    return undefined;
  }

  #compareLists(actual, expected, path) {
    if (actual.length !== expected.length)
      return differs(`${path}.length`, actual.length, expected.length);
    for (const [index, value] of expected.entries()) {
      const found = this.compare(actual[index], value, `${path}[${index}]`);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #compareProperties(actual, expected, path) {
    // Bytes are compared as such.
    if (ArrayBuffer.isView(expected)) return undefined;
    const [own, other] = [Reflect.ownKeys(actual), Reflect.ownKeys(expected)];
    if (own.length !== other.length || own.some((key, index) => key !== other[index])) {
      return `${path} has the keys ${shown(own)} and not ${shown(other)}`;
    }
    for (const key of other) {
      const [mine, right] = [
        Object.getOwnPropertyDescriptor(actual, key),
        Object.getOwnPropertyDescriptor(expected, key),
      ];
      if (
        "value" in mine !== "value" in right ||
        mine.enumerable !== right.enumerable ||
        mine.writable !== right.writable
      ) {
        return `${path}.${String(key)} is another kind of property`;
      }
      const found = this.compare(mine.value, right.value, `${path}.${String(key)}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function bytesOf({ buffer, byteOffset, byteLength }) {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** Invalid dates are worth NaN. */
function dateOf(date) {
  return Date.prototype.getTime.call(date);
}

function compareKinds(actual, expected, path) {
  if (Object.getPrototypeOf(actual) !== Object.getPrototypeOf(expected))
    return `${path} has another prototype`;
  const [own, other] = [kindOf(actual), kindOf(expected)];
  return own === other ? undefined : `${path} is a ${own} and not a ${other}`;
}

/** The kind by what it really is, whatever it says of itself. */
function kindOf(value) {
  if (Array.isArray(value)) return "Array";
  if (ArrayBuffer.isView(value))
    return types.isDataView(value)
      ? "DataView"
      : (Object.getPrototypeOf(Uint8Array.prototype)[Symbol.toStringTag] ?? tagOf(value));
  for (const is of [
    "isDate",
    "isRegExp",
    "isMap",
    "isSet",
    "isNativeError",
    "isArrayBuffer",
    "isBoxedPrimitive",
  ]) {
    if (types[is](value)) return is.slice(2);
  }
  return "Object";
}

function tagOf(view) {
  return Object.getOwnPropertyDescriptor(
    Object.getPrototypeOf(Uint8Array.prototype),
    Symbol.toStringTag,
  ).get.call(view);
}

function differs(path, actual, expected) {
  return `${path} is ${shown(actual)} and not ${shown(expected)}`;
}

function shown(value) {
  if (Object.is(value, -0)) return "-0";
  if (typeof value === "string") return JSON.stringify(value);
  return Array.isArray(value)
    ? `[${value.map(String)}]`
    : String(typeof value === "object" && value !== null ? kindOf(value) : value);
}

/** All objects that can be reached, the memory behind views, too. */
function* objectsIn(root) {
  const seen = new Set();
  const left = [root];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    yield value;
    if (types.isMap(value)) left.push(...[...Map.prototype.entries.call(value)].flat(1));
    if (types.isSet(value)) left.push(...Set.prototype.values.call(value));
    if (ArrayBuffer.isView(value)) {
      left.push(value.buffer);
      continue;
    }
    for (const key of Reflect.ownKeys(value)) {
      const descriptor = Object.getOwnPropertyDescriptor(value, key);
      if ("value" in descriptor) left.push(descriptor.value);
    }
  }
}
