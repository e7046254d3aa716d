import { types } from "node:util";

/** So many objects are looked at: a part of a large table is enough to find what is in each of its rows. */
const MAX_OBJECTS = 1000;
/** And of each so many elements or properties. */
const MAX_ELEMENTS = 1000;
/** And so deep. What is nested deeper is left to the copy itself. */
const MAX_DEPTH = 200;

/** The one own property of an Event that can be seen, and that says nothing. */
const SAYS_NOTHING = "isTrusted";

/** Makes a copy of an object in the way that it would be sent. */
export type Copy = (value: object) => unknown;

/**
 * Throws for a value that would arrive with an empty object in the place of one that is full: structured clone takes of a URL,
 * of Headers or an AbortSignal nothing at all, and says nothing.
 *
 * Costs little beside the copy: all it does with plain objects and arrays is to go through the first 1,000.
 *
 * @throws {TypeError} It names what was found; `serializationError()` finds its place.
 */
export function refuseLoss(value: unknown, copy: Copy): void {
  if (typeof value !== "object" || value === null) return;
  const lost = new LossSearch(copy).run(value);
  if (lost !== undefined) throw new TypeError(`${tagOf(lost)} would arrive as an empty object`);
}

/** Says whether a copy is an empty object although the original, which says what it is, is more than its properties. */
export function isLost(value: object, copied: unknown): boolean {
  return (
    tagOf(value) !== "[object Object]" &&
    tagOf(copied) === "[object Object]" &&
    Object.keys(value).every((key) => key === SAYS_NOTHING)
  );
}

/** What to send in the place of an object that cannot be sent, for the classes of the platform that people try. */
const INSTEAD: Readonly<Record<string, string>> = {
  AbortController: "give its signal to with({ signal }), and use currentTask().signal in the task",
  AbortSignal: "give it to with({ signal }), and use currentTask().signal in the task",
  Blob: "send what its arrayBuffer() gives",
  DOMException: "send its name and message, or throw it",
  Event: "send its type and what you need of it",
  File: "send its name and what its arrayBuffer() gives",
  FormData: "send its entries, [...formData]",
  Headers: "send its entries, [...headers]",
  Request: "send its url, its method and [...headers]",
  Response: "send its status, [...headers] and what its arrayBuffer() gives",
  URL: "send its href",
  URLSearchParams: "send what its toString() gives",
};

/** Says what to send instead, where there is something to say. */
export function insteadOf(value: object): string | undefined {
  const name = tagOf(value).slice("[object ".length, -1);
  return Object.hasOwn(INSTEAD, name) ? INSTEAD[name] : undefined;
}

/** Written for speed: it goes through what is about to be copied, and is not to be seen beside the copy. */
class LossSearch {
  readonly #copy: Copy;
  #left = MAX_OBJECTS;

  constructor(copy: Copy) {
    this.#copy = copy;
  }

  run(value: object): object | undefined {
    try {
      return this.#visit(value, 0);
    } catch {
      // A getter has thrown, and will again when the value is copied: there it becomes an error with a name.
      return undefined;
    }
  }

  /** An object that is in itself has no end, but the number of objects has. */
  #visit(value: object, depth: number): object | undefined {
    this.#left -= 1;
    if (this.#left < 0 || depth > MAX_DEPTH) return undefined;
    if (Array.isArray(value)) return this.#visitElements(value, depth);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      return this.#visitProperties(value as Record<string, unknown>, depth);
    }
    // All classes of the platform say their name.
    if (Symbol.toStringTag in value) return this.#visitTagged(value, depth);
    if ("stack" in value && types.isNativeError(value)) return this.#visitPart(value.cause, depth);
    return this.#visitProperties(value as Record<string, unknown>, depth);
  }

  #visitElements(values: readonly unknown[], depth: number): object | undefined {
    const length = Math.min(values.length, MAX_ELEMENTS);
    for (let at = 0; at < length; at += 1) {
      const element = values[at];
      if (typeof element !== "object" || element === null) continue;
      const lost = this.#visit(element, depth + 1);
      if (lost !== undefined) return lost;
      if (this.#left < 0) return undefined;
    }
    return undefined;
  }

  #visitProperties(value: Record<string, unknown>, depth: number): object | undefined {
    let left = MAX_ELEMENTS;
    for (const name in value) {
      const part = value[name];
      if (--left < 0) return undefined;
      if (typeof part !== "object" || part === null || !Object.hasOwn(value, name)) continue;
      const lost = this.#visit(part, depth + 1);
      if (lost !== undefined) return lost;
      if (this.#left < 0) return undefined;
    }
    return undefined;
  }

  #visitTagged(value: object, depth: number): object | undefined {
    if (types.isMap(value)) return this.#visitMap(value, depth);
    if (types.isSet(value)) return this.#visitSet(value, depth);
    if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return undefined;
    if (this.#loses(value)) return value;
    return this.#visitProperties(value as Record<string, unknown>, depth);
  }

  #visitMap(map: Map<unknown, unknown>, depth: number): object | undefined {
    let lost: object | undefined;
    Map.prototype.forEach.call(map, (value, key) => {
      if (this.#left >= 0) lost ??= this.#visitPart(key, depth) ?? this.#visitPart(value, depth);
    });
    return lost;
  }

  #visitSet(set: Set<unknown>, depth: number): object | undefined {
    let lost: object | undefined;
    Set.prototype.forEach.call(set, (value) => {
      if (this.#left >= 0) lost ??= this.#visitPart(value, depth);
    });
    return lost;
  }

  #visitPart(value: unknown, depth: number): object | undefined {
    return typeof value === "object" && value !== null ? this.#visit(value, depth + 1) : undefined;
  }

  #loses(value: object): boolean {
    let copied: unknown;
    try {
      copied = this.#copy(value);
    } catch {
      // It is refused, which is no silent loss; or it is moved, and this is no way to copy it.
      return false;
    }
    return isLost(value, copied);
  }
}

function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value);
}
