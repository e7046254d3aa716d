import { types } from "node:util";
import { className, inspectText, tryRead } from "./describe-value.js";
import type {
  EncodedEntry,
  EncodedError,
  EncodedProperty,
  EncodedText,
  EncodedThrown,
} from "./encoded.js";
import { classesOf, isError } from "./error-classes.js";
import { refuseLoss } from "./lost-in-copy.js";
import { readProperty } from "../internal/platform.js";
import { v8 } from "../internal/v8.js";
import { partsOf, UNREADABLE } from "./parts-of.js";

export type { EncodedThrown } from "./encoded.js";

/** How many causes of causes are followed; what lies deeper is shown as text. */
const MAX_DEPTH = 16;

/** How many objects one throw may bring along: a getter can make new errors without an end. */
const MAX_OBJECTS = 1_000;

/** How many elements of an array that holds errors are taken along. */
const MAX_ITEMS = 10_000;

/** The work on one throw. */
interface Progress {
  /** Errors met so far, so that each is encoded once. */
  readonly seen: Map<object, EncodedThrown>;
  /** How many more objects are taken along. */
  left: number;
}

/**
 * Turns anything that a task may throw into data that every channel to a worker carries.
 *
 * Never throws. Structured clone alone would drop an error's `code`, the `errors` of an AggregateError and the class of
 * a subclass. Of what a property holds and cannot be cloned, those parts are taken that can; where there are none, or where the
 * thrown value itself cannot be cloned, its text. Values are copied here and now:
 * what the task changes afterwards does not show.
 *
 * @example
 * encodeThrown(0); // => { kind: "value", value: 0 }
 */
export function encodeThrown(thrown: unknown): EncodedThrown {
  return encode(thrown, 0, { seen: new Map(), left: MAX_OBJECTS });
}

function encode(value: unknown, depth: number, progress: Progress): EncodedThrown {
  if (typeof value === "symbol" || typeof value === "function") return encodeText(value);
  if (typeof value !== "object" || value === null) return { kind: "value", value };
  const known = progress.seen.get(value);
  if (known !== undefined) return known;
  progress.left -= 1;
  if (progress.left < 0) return leftOut(className(value));
  try {
    if (isError(value)) return encodeError(value, depth, progress);
    if (Array.isArray(value) && value.slice(0, MAX_ITEMS).some(isError)) {
      return encodeList(value, depth, progress);
    }
    refuseLoss(value, copy);
    return { kind: "value", value: copy(value) };
  } catch (error) {
    // What is nested too deeply or too long has parts like itself.
    const isWhole = depth === 0 || (types.isNativeError(error) && error.name === "RangeError");
    return isWhole ? encodeText(value) : encodeParts(value, depth, progress);
  }
}

/**
 * Both ways: some values, such as a WebAssembly.Module, can be written and not read. By V8 alone: Node's `deserialize()` makes
 * every typed array a view of all that was written.
 */
function copy(value: object): unknown {
  const { Deserializer, Serializer } = v8();
  const writer = new Serializer();
  writer.writeHeader();
  writer.writeValue(value);
  const reader = new Deserializer(writer.releaseBuffer());
  reader.readHeader();
  return reader.readValue();
}

/** What a property of an error holds is often half of what one wants to know: the status of a response, beside its socket. */
function encodeParts(value: object, depth: number, progress: Progress): EncodedThrown {
  try {
    if (depth > MAX_DEPTH || types.isProxy(value)) return encodeText(value);
    if (Array.isArray(value)) return encodeList(value, depth, progress);
    const parts = partsOf(value);
    if (parts === undefined) return encodeText(value);
    if (typeof parts === "string") return { kind: "value", value: parts };
    const entries: EncodedEntry[] = [];
    const encoded: EncodedThrown = { kind: "record", entries };
    progress.seen.set(value, encoded);
    for (let at = 0; at < parts.length && progress.left > 0; at += 1) {
      const part = parts[at]?.[1];
      if (typeof part !== "function") {
        entries.push([parts[at]?.[0] ?? "", encode(part, depth + 1, progress)]);
      }
    }
    return encoded;
  } catch {
    return encodeText(value);
  }
}

function encodeText(value: unknown): EncodedText {
  return { kind: "text", name: className(value), text: inspectText(value) };
}

function leftOut(what: string): EncodedText {
  return { kind: "text", name: what, text: `[${what} left out: too many objects]` };
}

function encodeList(list: readonly unknown[], depth: number, progress: Progress): EncodedThrown {
  if (depth > MAX_DEPTH) return encodeText(list);
  const entries: EncodedEntry[] = [];
  const encoded = { kind: "list" as const, length: list.length, entries };
  progress.seen.set(list, encoded);
  const keys = Object.keys(list);
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys[at] ?? "";
    if (progress.left <= 0 || at >= MAX_ITEMS) {
      entries.push([key, leftOut(`${keys.length - at} more`)]);
      encoded.length = entries.length;
      break;
    }
    entries.push([key, encode(readProperty(list, key), depth + 1, progress)]);
  }
  return encoded;
}

function encodeError(error: Error, depth: number, progress: Progress): EncodedThrown {
  if (depth > MAX_DEPTH) return encodeText(error);
  const { base, classes } = classesOf(error);
  const stack = tryRead(error, "stack")?.value;
  const properties: EncodedProperty[] = [];
  const encoded: EncodedError = {
    kind: "error",
    base,
    ...(classes.length > 0 && { classes }),
    name: readText(error, "name", className(error)),
    message: readText(error, "message", UNREADABLE),
    ...(typeof stack === "string" && { stack }),
  };
  progress.seen.set(error, encoded);
  ownKeys(error).forEach((key) => {
    const property = key === "stack" ? undefined : encodeProperty(error, key, depth, progress);
    if (property !== undefined) properties.push(property);
  });
  return properties.length > 0 ? Object.assign(encoded, { properties }) : encoded;
}

function encodeProperty(
  error: Error,
  key: string,
  depth: number,
  progress: Progress,
): EncodedProperty | undefined {
  const enumerable = isEnumerable(error, key);
  const read = tryRead(error, key);
  if (read === undefined) return [key, enumerable, { kind: "value", value: UNREADABLE }];
  const { value } = read;
  // Hidden strings under these names are what every error has, and stand in fields of their own; an empty one need not be there.
  const hasField = key === "name" || key === "message";
  if (hasField && !enumerable && typeof value === "string" && value !== "") return;
  // Methods stay behind: a text in the place of one helps nobody, and in that of `toString` would break String(error).
  if (typeof value === "function" && key !== "cause") return;
  const encoded = encode(value, depth + 1, progress);
  // One reason of an AggregateError that cannot be cloned must not hide the others.
  return key === "errors" && encoded.kind === "text"
    ? [key, enumerable, encodeEach(value, depth + 1, progress) ?? encoded]
    : [key, enumerable, encoded];
}

function encodeEach(value: unknown, depth: number, progress: Progress): EncodedThrown | undefined {
  try {
    return Array.isArray(value) ? encodeList(value, depth, progress) : undefined;
  } catch {
    return undefined;
  }
}

function readText(error: Error, key: "name" | "message", unreadable: string): string {
  const read = tryRead(error, key);
  if (read === undefined) return unreadable;
  return typeof read.value === "string" ? read.value : inspectText(read.value);
}

function ownKeys(error: Error): string[] {
  try {
    return Object.getOwnPropertyNames(error);
  } catch {
    return [];
  }
}

function isEnumerable(error: Error, key: string): boolean {
  try {
    return Object.prototype.propertyIsEnumerable.call(error, key);
  } catch {
    return false;
  }
}
