import { types } from "node:util";
import {
  BrokenExecutorError,
  CancelledError,
  ConcurError,
  ExecutorShutdownError,
  InvalidStateError,
  isConcurError,
  QueueFullError,
  RemoteError,
  SerializationError,
  TimeoutError,
  WorkerCrashedError,
} from "../errors.js";
import { constructorName, prototypesOf } from "./describe-value.js";
import { registeredClass } from "./register-error.js";

/** Any class of errors, abstract ones and those with arguments of their own included. */
type ErrorClass = abstract new (...args: never[]) => Error;

/** Makes an error of a built-in class whose prototype is that of `target`, without running `target`'s constructor. */
type Make = (target: ErrorClass | undefined, message: string, name: string) => Error;

interface BuiltIn {
  readonly prototype: object;
  readonly make: Make;
}

const ordinary = [
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
].map((Class): [string, BuiltIn] => [
  Class.name,
  { prototype: Class.prototype, make: (target = Class) => construct(Class, [], target) },
]);

const builtIns = new Map<string, BuiltIn>([
  ...ordinary,
  [
    "AggregateError",
    {
      prototype: AggregateError.prototype,
      make: (target = AggregateError) => construct(AggregateError, [[]], target),
    },
  ],
  [
    "DOMException",
    {
      prototype: DOMException.prototype,
      // Its name and message are hidden fields, to be set by the constructor only; the code follows from the name.
      make: (target = DOMException, message, name) =>
        construct(DOMException, [message, name], target),
    },
  ],
]);

// Node 24 has it, Node 20 has not.
const suppressed = Reflect.get(globalThis, "SuppressedError") as
  SuppressedErrorConstructor | undefined;
if (suppressed !== undefined) {
  builtIns.set("SuppressedError", {
    prototype: suppressed.prototype,
    make: (target = suppressed) => construct(suppressed, [], target),
  });
}

const builtInNames = new Map([...builtIns].map(([name, { prototype }]) => [prototype, name]));

/**
 * Marks our own classes on the wire: they are known by the name on their prototype, which a minifier leaves alone, and
 * a class of the same name from elsewhere must not be taken for ours.
 */
const OURS = "@concur/pool:";

const ourClasses = new Map<string, ErrorClass>(
  [
    ConcurError,
    CancelledError,
    TimeoutError,
    InvalidStateError,
    QueueFullError,
    ExecutorShutdownError,
    BrokenExecutorError,
    WorkerCrashedError,
    SerializationError,
    RemoteError,
  ].map((Class) => [OURS + Class.prototype.name, Class]),
);

/** Says whether a value is an error, also of another realm, without calling anything on it but a proxy's traps. */
export function isError(value: unknown): value is Error {
  if (typeof value !== "object" || value === null) return false;
  return (
    types.isNativeError(value) ||
    prototypesOf(value).some((prototype) => builtInNames.has(prototype))
  );
}

/** Names the class of an error: the nearest built-in one, and those below it, the most derived one first. */
export function classesOf(error: object): { base: string; classes: string[] } {
  const classes: string[] = [];
  const prototypes = prototypesOf(error);
  for (let at = 0; at < prototypes.length; at += 1) {
    const prototype = prototypes[at] ?? Object.prototype;
    const base = builtInNames.get(prototype);
    if (base !== undefined) return { base, classes };
    if (isConcurError(prototype)) classes.push(OURS + prototype.name);
    const name = constructorName(prototype);
    if (name !== undefined) classes.push(name);
  }
  // The error is from another realm (a vm context), whose built-in classes can be told by their names alone.
  const index = classes.findIndex((name) => builtIns.has(name));
  return { base: classes[index] ?? "Error", classes: classes.slice(0, Math.max(index, 0)) };
}

/** Makes an empty error of the first class that is known here, else of the built-in one. */
export function makeError(
  { base, classes = [] }: { base: string; classes?: readonly string[] },
  message: string,
  name: string,
): Error {
  let target: ErrorClass | undefined;
  for (const each of classes) target ??= ourClasses.get(each) ?? registeredClass(each);
  const make = builtIns.get(base)?.make;
  return make === undefined ? construct(Error, [], target ?? Error) : make(target, message, name);
}

function construct(base: ErrorClass, args: unknown[], target: ErrorClass): Error {
  const error: unknown = Reflect.construct(base, args, target);
  return error as Error;
}
