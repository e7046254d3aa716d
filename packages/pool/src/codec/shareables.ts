import { types } from "node:util";
import { SerializationError } from "../errors.js";

/**
 * Where packages put the classes of what threads can share, such as the locks of @concur/sync: by name, a function that makes an instance of a
 * copy. Each thread that has loaded such a package has this; without, nothing here costs anything.
 */
const REGISTRY = Symbol.for("concur.shareable");
/** The property that a shareable object and its copies have: the name of its class, as in `@concur/sync:Lock`. */
const NAME = "concurShareable";

const shared = globalThis as {
  readonly [REGISTRY]?: ReadonlyMap<string, (form: object) => unknown>;
};

/** Gives the name of the class of something that threads can share, or of a copy of it; undefined for all else. */
export function shareableName(value: object): string | undefined {
  // First, as all else would run the traps of a proxy.
  if (types.isProxy(value) || !Object.hasOwn(value, NAME)) return undefined;
  const name: unknown = Reflect.get(value, NAME);
  return typeof name === "string" ? name : undefined;
}

/** Says what such a name stands for, as in `a Lock`, and where that is from. */
export function describeShareable(name: string): { readonly is: string; readonly from: string } {
  const end = name.lastIndexOf(":");
  const short = name.slice(end + 1);
  return { is: `${/^[aeio]/i.test(short) ? "an" : "a"} ${short}`, from: name.slice(0, end) };
}

/** Says whether there is something among these values that threads can share. Getters run. */
export function holdShareables(values: unknown): boolean {
  if (shared[REGISTRY] === undefined) return false;
  try {
    return walk(values, () => undefined, true);
  } catch {
    // A getter has thrown, and will again when the value is cloned: there it becomes an error with a name.
    return false;
  }
}

/**
 * Puts instances in the place of copies, in values that nobody else has.
 *
 * @throws {SerializationError} When this thread does not know the class of one.
 */
export function reviveShareables(values: unknown): void {
  const instances = new Map<object, unknown>();
  walk(
    values,
    (form, name) => {
      if (!instances.has(form)) instances.set(form, revive(form, name));
      return { instance: instances.get(form) };
    },
    false,
  );
}

function revive(form: object, name: string): unknown {
  const known = shared[REGISTRY]?.get(name);
  if (known !== undefined) return known(form);
  const { is, from } = describeShareable(name);
  throw new SerializationError(
    `${is} cannot be received by this worker, which has not loaded ${from}: import it in the module of the task`,
    { phase: "arguments" },
  );
}

type Found = (form: object, name: string) => { readonly instance: unknown } | undefined;

/** Goes through objects, arrays and maps; true when something was found. */
function walk(root: unknown, found: Found, endsWithFirst: boolean): boolean {
  const seen = new Set<unknown>();
  const open: object[] = [];
  const state = { some: false };
  /** Gives what is to stand in the place of a part. */
  const visit = (part: unknown): { readonly instance: unknown } | undefined => {
    if (typeof part !== "object" || part === null) return undefined;
    const name = shareableName(part);
    if (name !== undefined) {
      state.some = true;
      return found(part, name);
    }
    if (seen.has(part) || ArrayBuffer.isView(part) || types.isProxy(part)) return undefined;
    seen.add(part);
    open.push(part);
    return undefined;
  };
  visit(root);
  for (let holder; (holder = open.pop()) !== undefined && !(state.some && endsWithFirst);) {
    if (types.isMap(holder)) visitMap(holder, visit);
    else visitProperties(holder as Record<string, unknown>, visit);
  }
  return state.some;
}

type Visit = (part: unknown) => { readonly instance: unknown } | undefined;

function visitMap(map: Map<unknown, unknown>, visit: Visit): void {
  Map.prototype.forEach.call(map, (value, key) => {
    const put = visit(value);
    if (put !== undefined) Map.prototype.set.call(map, key, put.instance);
  });
}

function visitProperties(holder: Record<string, unknown>, visit: Visit): void {
  if (Array.isArray(holder)) {
    // Their names as texts would take more memory than a long array.
    const elements: unknown[] = holder;
    for (let at = 0; at < elements.length; at += 1) {
      const put = visit(elements[at]);
      if (put !== undefined) elements[at] = put.instance;
    }
    return;
  }
  const names = Object.keys(holder);
  for (let at = 0; at < names.length; at += 1) {
    const name = names[at] ?? "";
    const put = visit(holder[name]);
    if (put !== undefined) holder[name] = put.instance;
  }
}
