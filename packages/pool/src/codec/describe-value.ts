import { inspect } from "node:util";
import { readProperty } from "../internal/platform.js";

/** Longest chain of prototypes that is followed: a proxy can make one without an end. */
const MAX_PROTOTYPES = 64;

/** Shows a value as `util.inspect` does, shortened, and never throws, whatever the value does when it is read. */
export function inspectText(value: unknown): string {
  try {
    return inspect(value, { depth: 2, maxArrayLength: 20, maxStringLength: 1000 });
  } catch {
    return `[${className(value)} that cannot be shown]`;
  }
}

/** Names the class of an object, or the type of anything else. */
export function className(value: unknown): string {
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  const named = prototypesOf(value).map(constructorName);
  return named.find((name) => name !== undefined && name !== "Object") ?? "object";
}

/** Gives the name of the class that a prototype belongs to. */
export function constructorName(prototype: object): string | undefined {
  const constructor = Object.hasOwn(prototype, "constructor")
    ? tryRead(prototype, "constructor")?.value
    : undefined;
  if (typeof constructor !== "function") return undefined;
  const name = tryRead(constructor, "name")?.value;
  return typeof name === "string" && name !== "" ? name : undefined;
}

/** Says whether an object emits events, as Node's sockets and streams do, and those of users. */
export function isEmitter(value: object): boolean {
  return prototypesOf(value).some((prototype) => constructorName(prototype) === "EventEmitter");
}

/** Lists the prototypes of an object, nearest first; ends early where a proxy refuses. */
export function prototypesOf(value: object): object[] {
  const chain: object[] = [];
  try {
    let prototype = Object.getPrototypeOf(value) as object | null;
    while (prototype !== null && chain.length < MAX_PROTOTYPES) {
      chain.push(prototype);
      prototype = Object.getPrototypeOf(prototype) as object | null;
    }
  } catch {
    // What was seen so far is all there is to know.
  }
  return chain;
}

/** Reads a property; undefined, and not an object with its value, when the read throws. */
export function tryRead(target: object, key: string): { value: unknown } | undefined {
  try {
    return { value: readProperty(target, key) };
  } catch {
    return undefined;
  }
}
