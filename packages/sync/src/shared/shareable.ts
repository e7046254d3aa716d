import { isShared, type SharedMemory } from "./memory.js";

/**
 * Where threads find the classes of what came from another thread. Whoever passes values between threads, such as @concur/pool,
 * looks here for the name in the property `concurShareable` of an object, and gives the object to the function.
 */
const SHAREABLES = Symbol.for("concur.shareable");

type Revive = (form: object) => unknown;

const shared = globalThis as { [SHAREABLES]?: Map<string, Revive> | undefined };

/** Makes a class known to this thread. The first copy of this package that is loaded wins. */
export function registerShareable(name: string, revive: Revive): void {
  const known = (shared[SHAREABLES] ??= new Map<string, Revive>());
  if (!known.has(name)) known.set(name, revive);
}

/** Gives the parts that a copy of an instance must have. @throws {TypeError} When it is something else. */
export function formOf(value: unknown, name: string): Record<string, unknown> {
  const form = value as Record<string, unknown> | null | undefined;
  if (form?.["concurShareable"] !== name) {
    throw new TypeError(`this is no ${shortName(name)}, and no copy of one`);
  }
  return form;
}

/** Gives the memory of a copy of an instance. @throws {TypeError} When it has none. */
export function memoryOf(value: unknown, name: string): SharedMemory {
  const memory = formOf(value, name)["memory"] as Partial<SharedMemory> | undefined;
  const { fixed, more, registry } = memory ?? {};
  if (![fixed, more, registry].every((part) => isShared(part))) {
    throw new TypeError(`this copy of a ${shortName(name)} has lost its memory`);
  }
  return memory as SharedMemory;
}

function shortName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}
