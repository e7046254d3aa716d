import { types } from "node:util";
import { isEmitter, prototypesOf, tryRead } from "./describe-value.js";

/** Of an object with more properties than this the rest is left out. */
const MAX_PARTS = 200;

/** What stands for a property whose getter throws. */
export const UNREADABLE = "[it threw when it was read]";

type Part = readonly [key: string, value: unknown];

/**
 * Gives what is worth sending of an object that cannot be sent as a whole: the properties of a plain object or an instance, the
 * own data of a socket or a stream, what a Response or Headers would say if asked.
 *
 * @returns Undefined where there is nothing of that kind; a text where that says it all.
 */
export function partsOf(value: object): readonly Part[] | string | undefined {
  switch (Object.prototype.toString.call(value)) {
    case "[object URL]":
    case "[object URLSearchParams]":
      return (value as URL | URLSearchParams).toString();
    case "[object Headers]":
    case "[object FormData]":
      return entriesOf(value as Headers | FormData);
    case "[object Map]":
    case "[object Set]":
      return undefined;
  }
  if (isEmitter(value)) return dataOf(value);
  const keys = Object.keys(value).slice(0, MAX_PARTS);
  if (keys.length > 0) return keys.map((key) => [key, read(value, key)]);
  if (isPlain(value)) return [];
  const answers = answersOf(value);
  return answers.length > 0 ? answers : undefined;
}

/** What it is made of leads everywhere; what it says of itself is plain. */
function dataOf(value: object): readonly Part[] {
  return Object.keys(value)
    .filter((key) => !key.startsWith("_"))
    .slice(0, MAX_PARTS)
    .map((key): Part => [key, read(value, key)])
    .filter((part) => isData(part[1]));
}

function entriesOf(value: Headers | FormData): readonly Part[] {
  const entries: Part[] = [];
  const add = (part: unknown, key: string): void => {
    if (entries.length < MAX_PARTS) entries.push([key, part]);
  };
  value.forEach(add);
  return entries;
}

/** What the getters of its classes give, as those of the platform have their state nowhere else. */
function answersOf(value: object): readonly Part[] {
  if (!(Symbol.toStringTag in value)) return [];
  const seen = new Set<string>();
  const answers: Part[] = [];
  prototypesOf(value).forEach((prototype) => {
    const found = Object.getOwnPropertyDescriptors(prototype);
    Object.keys(found).forEach((key) => {
      if (found[key]?.get === undefined || key.startsWith("_") || seen.has(key)) return;
      const answer = read(value, key);
      const isHeaders = Object.prototype.toString.call(answer) === "[object Headers]";
      if (!isHeaders && !isData(answer)) return;
      seen.add(key);
      answers.push([key, answer]);
    });
  });
  return answers;
}

function isData(part: unknown): boolean {
  if (typeof part !== "object" || part === null) {
    return part !== undefined && typeof part !== "function" && typeof part !== "symbol";
  }
  return Array.isArray(part) || types.isUint8Array(part) || isPlain(part);
}

function isPlain(value: object): boolean {
  return prototypesOf(value).length <= 1;
}

function read(value: object, key: string): unknown {
  const found = tryRead(value, key);
  return found === undefined ? UNREADABLE : found.value;
}
