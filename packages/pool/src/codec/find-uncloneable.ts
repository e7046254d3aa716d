import { types } from "node:util";
import { deserialize, serialize } from "node:v8";
import { SerializationError } from "../errors.js";
import {
  isEmitter,
  className,
  constructorName,
  inspectText,
  prototypesOf,
  tryRead,
} from "./describe-value.js";
import { describeShareable, shareableName } from "./shareables.js";
import { insteadOf, isLost } from "./lost-in-copy.js";
import { structuredClone } from "../internal/platform.js";

/** How deep and how far is looked: enough for a form, a tree or a table, and an end for a generated graph. */
const MAX_DEPTH = 500;
const MAX_VALUES = 100_000;

const FOR_THREADS =
  "processes share no memory, so use a ThreadPoolExecutor for tasks that share it";

/** Where the culprit is, and what it is (`a function`) or what reading it threw. */
interface Culprit {
  readonly path: string;
  readonly problem:
    { readonly is: string; readonly instead?: string | undefined } | { readonly threw: string };
}

/**
 * Names the first part of a value that structured clone refuses, for a value that it has refused.
 *
 * What passes between threads and not between processes, such as a SharedArrayBuffer, is named when nothing else is
 * wrong. Reads the value as cloning does, so getters run. Looks at 100,000 values, 500 levels deep, at most.
 *
 * @param root - The name of the value itself: `"args"`, `"result"`.
 * @param transferred - Objects that are moved and not cloned: they are not to blame.
 * @returns undefined when no culprit is found, as for a value that is nested too deeply.
 * @example
 * findUncloneable([1, { onClick() {} }], "args"); // => "args[1].onClick is a function"
 */
export function findUncloneable(
  value: unknown,
  root: string,
  transferred: readonly unknown[] = [],
): string | undefined {
  const culprit = locate(value, root, transferred);
  return culprit === undefined ? undefined : sentence(culprit, "");
}

/**
 * Makes the error for arguments, a result or a thrown value that cannot be sent, naming the culprit if it can be found.
 *
 * @param cause - What the attempt to send it threw.
 * @example
 * const error = serializationError("arguments", [() => 0], "args", new Error("cannot be cloned"));
 * error.message; // => "args[0] is a function, which cannot be sent to a worker"
 */
export function serializationError(
  phase: "arguments" | "result" | "error",
  value: unknown,
  root: string,
  cause: unknown,
  transferred: readonly unknown[] = [],
): SerializationError {
  const direction = phase === "arguments" ? "to a worker" : "from a worker";
  const culprit = locate(value, root, transferred);
  return new SerializationError(
    culprit === undefined
      ? `${root} cannot be sent ${direction}: ${messageOf(cause)}`
      : sentence(culprit, `, which cannot be sent ${direction}`),
    { phase, path: culprit?.path, cause },
  );
}

function sentence({ path, problem }: Culprit, verdict: string): string {
  if ("threw" in problem) return `${path} throws when it is read: ${problem.threw}`;
  const { is, instead } = problem;
  return `${path} is ${is}${verdict}${instead === undefined ? "" : `: ${instead}`}`;
}

function locate(
  value: unknown,
  root: string,
  transferred: readonly unknown[],
): Culprit | undefined {
  try {
    // Threads take more than processes do, so what both refuse comes first.
    return (
      new Search(structuredClone, transferred, true).run(value, root) ??
      new Search((part) => deserialize(serialize(part)) as unknown, transferred, false).run(
        value,
        root,
      )
    );
  } catch {
    // A hostile value fights back; the failure to send it is to be reported all the same.
    return undefined;
  }
}

class Search {
  readonly #clone: (value: unknown) => unknown;
  readonly #seen: Set<unknown>;
  /** Whether it is about threads, which can share memory. */
  readonly #canShare: boolean;
  /** An instance that is refused although all its properties are fine: named when nothing inside it is wrong. */
  #suspect: Culprit | undefined;
  #left = MAX_VALUES;

  constructor(
    clone: (value: unknown) => unknown,
    transferred: readonly unknown[],
    canShare: boolean,
  ) {
    this.#clone = clone;
    this.#canShare = canShare;
    this.#seen = new Set(transferred);
  }

  run(value: unknown, root: string): Culprit | undefined {
    return this.#visit(value, root, 0) ?? this.#suspect;
  }

  #visit(value: unknown, path: string, depth: number): Culprit | undefined {
    if (typeof value === "function" || typeof value === "symbol") {
      return { path, problem: { is: `a ${typeof value}` } };
    }
    if (typeof value !== "object" || value === null) return undefined;
    if (this.#seen.has(value) || depth > MAX_DEPTH || --this.#left < 0) return undefined;
    this.#seen.add(value);
    if (types.isProxy(value)) return { path, problem: { is: "a Proxy" } };
    const shareable = this.#canShare ? undefined : shareableName(value);
    if (shareable !== undefined) {
      return { path, problem: { is: describeShareable(shareable).is, instead: FOR_THREADS } };
    }
    if (types.isMap(value)) return this.#visitMap(value, path, depth);
    if (types.isSet(value)) return this.#visitAll(value, `${path} (a Set) element`, depth);
    if (types.isNativeError(value)) return this.#visitError(value, path, depth);
    const isNothingElse = isContainer(value);
    if (isNothingElse) {
      const inside = this.#visitProperties(value, path, depth);
      // A WeakMap stays one whatever prototype it was given. To clone all that has parts would take too long.
      if (inside !== undefined || hasParts(value)) return inside;
    }
    const copy = this.#cloneOf(value);
    const itself = { path, problem: { is: describeInstance(value), instead: insteadOf(value) } };
    if (copy !== undefined) {
      if (isLost(value, copy.value)) return itself;
      const isLookedThrough = isNothingElse || ArrayBuffer.isView(value);
      return isLookedThrough ? undefined : this.#visitProperties(value, path, depth);
    }
    if (isNothingElse) return itself;
    if (isOpaque(value)) return itself;
    this.#suspect ??= itself;
    return this.#visitProperties(value, path, depth);
  }

  #visitProperties(value: object, path: string, depth: number): Culprit | undefined {
    const isArray = Array.isArray(value);
    // The keys of a huge array would take more memory than the array.
    const isHuge = isArray && value.length > MAX_VALUES;
    for (const key of Object.keys(isHuge ? value.slice(0, MAX_VALUES) : value)) {
      const place = path + (isArray && /^\d+$/.test(key) ? `[${key}]` : accessOf(key));
      const culprit = this.#visitProperty(value, key, place, depth);
      if (culprit !== undefined) return culprit;
    }
    return undefined;
  }

  #visitProperty(value: object, key: string, path: string, depth: number): Culprit | undefined {
    let part: unknown;
    try {
      part = Reflect.get(value, key);
    } catch (error) {
      return { path, problem: { threw: messageOf(error) } };
    }
    return this.#visit(part, path, depth + 1);
  }

  #visitMap(map: Map<unknown, unknown>, path: string, depth: number): Culprit | undefined {
    const inKeys = this.#visitAll(map.keys(), `${path} (a Map) key`, depth);
    if (inKeys !== undefined) return inKeys;
    let index = 0;
    for (const [key, value] of map) {
      const place =
        typeof key === "string" || typeof key === "number"
          ? `${path}.get(${JSON.stringify(key)})`
          : `${path} (a Map) value [${index}]`;
      const culprit = this.#visit(value, place, depth + 1);
      if (culprit !== undefined) return culprit;
      index += 1;
    }
    return undefined;
  }

  #visitAll(values: Iterable<unknown>, label: string, depth: number): Culprit | undefined {
    let index = 0;
    for (const value of values) {
      const culprit = this.#visit(value, `${label} [${index}]`, depth + 1);
      if (culprit !== undefined) return culprit;
      index += 1;
    }
    return undefined;
  }

  /** Of an error, cloning takes these four and no other property. */
  #visitError(error: Error, path: string, depth: number): Culprit | undefined {
    for (const key of ["name", "message", "stack", "cause"]) {
      // Only a cause travels as a value; the rest is turned into text, which a symbol alone refuses.
      const read = tryRead(error, key);
      if (read !== undefined && key !== "cause" && typeof read.value !== "symbol") continue;
      const culprit = this.#visitProperty(error, key, `${path}.${key}`, depth);
      if (culprit !== undefined) return culprit;
    }
    return undefined;
  }

  #cloneOf(value: object): { value: unknown } | undefined {
    try {
      return { value: this.#clone(value) };
    } catch {
      return undefined;
    }
  }
}

/** Says whether an object is nothing but its properties: an array, or an object of no class. */
function isContainer(value: object): boolean {
  if (Array.isArray(value)) return true;
  if (types.isArgumentsObject(value) || types.isModuleNamespaceObject(value)) return false;
  return prototypesOf(value).length <= 1;
}

/** Says whether there are objects in an object or array. Each property has been read before, without an error. */
function hasParts(value: object): boolean {
  return Object.keys(value).some((key) => {
    const part: unknown = tryRead(value, key)?.value;
    return typeof part === "object" && part !== null;
  });
}

/** Says whether what lies inside an object is its own affair, so that naming a part of it would help nobody. */
function isOpaque(value: object): boolean {
  return isEmitter(value) || Symbol.toStringTag in value;
}

function describeInstance(value: object): string {
  if (types.isArrayBuffer(value)) return "a detached ArrayBuffer";
  if (types.isArgumentsObject(value)) return "an arguments object";
  if (types.isModuleNamespaceObject(value)) return "a module";
  // Iterators and generators have a tag and no class of their own.
  const [prototype] = prototypesOf(value);
  const named = prototype !== undefined && constructorName(prototype) !== undefined;
  const name = named ? className(value) : Object.prototype.toString.call(value).slice(8, -1);
  return `${/^[aeio]/i.test(name) ? "an" : "a"} ${name}`;
}

function accessOf(key: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key)
    ? `.${key}`
    : `[${JSON.stringify(key)}]`;
}

function messageOf(error: unknown): string {
  const message =
    typeof error === "object" && error !== null ? tryRead(error, "message")?.value : undefined;
  return typeof message === "string" ? message : inspectText(error);
}
