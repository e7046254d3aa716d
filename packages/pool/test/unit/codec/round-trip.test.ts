import assert from "node:assert";
import { inspect, types } from "node:util";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { decodeThrown } from "../../../src/codec/decode-error.js";
import { encodeThrown } from "../../../src/codec/encode-error.js";
import {
  CancelledError,
  isConcurError,
  SerializationError,
  TimeoutError,
  WorkerCrashedError,
} from "../../../src/errors.js";
import { channels, ownData, roundTrip, roundTripError } from "./support.js";

const builtInClasses = [
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
];

/** Data that structured clone keeps exactly, and that may stand in an error's properties. */
const data = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true });

/** Names that an error gives to its own properties, `__proto__` and its like among them. */
const propertyName = fc
  .oneof(fc.string(), fc.constantFrom("code", "status", "__proto__", "constructor", "toString"))
  .filter((name) => !["name", "message", "stack", "cause", "errors"].includes(name));

describe.each(channels)("through %s", (_channel, cross) => {
  test.each(builtInClasses)("[Q1] an error arrives as one of its own class (%p)", (Class) => {
    const thrown = new Class("too far");
    const caught = roundTripError(thrown, cross);
    expect(Object.getPrototypeOf(caught)).toBe(Class.prototype);
    expect(types.isNativeError(caught)).toBe(true);
    expect(caught.name).toBe(thrown.name);
    expect(caught.message).toBe("too far");
    expect(caught.stack).toBe(thrown.stack);
    expect(Object.keys(caught)).toEqual([]);
    expect(Object.getOwnPropertyNames(caught).sort()).toEqual(["message", "stack"]);
  });

  test("[Q11] any property that can be cloned survives, hidden ones stay hidden", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...builtInClasses),
        fc.string(),
        fc.uniqueArray(fc.tuple(propertyName, fc.boolean(), data), { selector: ([name]) => name }),
        (Class, message, properties) => {
          const thrown = new Class(message);
          for (const [name, enumerable, value] of properties) {
            Object.defineProperty(thrown, name, { value, enumerable, configurable: true });
          }
          const caught = roundTripError(thrown, cross);
          expect(Object.getPrototypeOf(caught)).toBe(Class.prototype);
          expect(caught.message).toBe(message);
          expect(caught.stack).toBe(thrown.stack);
          for (const [name, enumerable, value] of properties) {
            const found = Object.getOwnPropertyDescriptor(caught, name);
            expect(found).toMatchObject({ enumerable });
            expect(inspect(found?.value)).toBe(inspect(cross(value)));
          }
        },
      ),
    );
  });

  test("[Q10] a chain of causes survives, whatever it ends in", () => {
    const step = fc.record({ Class: fc.constantFrom(...builtInClasses), message: fc.string() });
    const chain = fc.array(step, { minLength: 1, maxLength: 12 });
    const end = fc.constantFrom<unknown>(undefined, null, 0, "text", { status: 503 }, 5n);
    fc.assert(
      fc.property(chain, end, (steps, last) => {
        let thrown: unknown = last;
        for (const { Class, message } of steps) thrown = new Class(message, { cause: thrown });
        let caught = roundTrip(thrown, cross);
        for (const { Class, message } of steps.toReversed()) {
          assert(caught instanceof Error);
          expect(Object.getPrototypeOf(caught)).toBe(Class.prototype);
          expect(caught.message).toBe(message);
          expect(Object.getOwnPropertyDescriptor(caught, "cause")).toMatchObject({
            enumerable: false,
          });
          caught = caught.cause;
        }
        expect(caught).toEqual(last);
      }),
    );
  });

  test("[Q12] the errors of an AggregateError survive with their codes and causes", async () => {
    const first = Object.assign(new RangeError("first"), { code: "E_FIRST" });
    const second = new Error("second", { cause: new TypeError("inner") });
    const thrown: unknown = await Promise.any([
      Promise.reject(first),
      Promise.reject(second),
      Promise.reject(503),
    ]).catch((error: unknown) => error);
    const caught = roundTrip(thrown, cross);
    assert(caught instanceof AggregateError);
    expect(caught.name).toBe("AggregateError");
    expect(caught.errors).toHaveLength(3);
    expect(caught.errors[0]).toBeInstanceOf(RangeError);
    expect(caught.errors[0]).toMatchObject({ message: "first", code: "E_FIRST" });
    expect(caught.errors[1]).toMatchObject({ message: "second", cause: { message: "inner" } });
    expect(caught.errors[2]).toBe(503);
    expect(Object.keys(caught)).toEqual([]);
  });

  test("[Q12] an AggregateError without errors, and one whose reasons cannot be cloned", () => {
    expect(roundTrip(new AggregateError([]), cross)).toMatchObject({ errors: [], message: "" });
    const thrown = new AggregateError([1, () => 1, Symbol("no")]);
    expect(roundTrip(thrown, cross)).toMatchObject({
      errors: [1, "[Function (anonymous)]", "Symbol(no)"],
    });
  });

  test("[Q1] a DOMException keeps name, message, code and cause", () => {
    const cause = new RangeError("inner");
    const thrown = new DOMException("stopped", { name: "AbortError", cause });
    const caught = roundTripError(thrown, cross);
    expect(caught).toBeInstanceOf(DOMException);
    expect(caught).toMatchObject({ name: "AbortError", message: "stopped", code: 20 });
    expect(caught.stack).toBe(thrown.stack);
    expect(caught.cause).toBeInstanceOf(RangeError);
  });

  test("[Q1] an error of Node itself keeps class, code and text", () => {
    const thrown: unknown = (() => {
      try {
        return Buffer.alloc(-1);
      } catch (error) {
        return error;
      }
    })();
    assert(types.isNativeError(thrown));
    expect(thrown.name).toBe("RangeError");
    const caught = roundTripError(thrown, cross);
    expect(Object.getPrototypeOf(caught)).toBe(RangeError.prototype);
    expect(caught).toMatchObject({ name: thrown.name, code: "ERR_OUT_OF_RANGE" });
    expect(caught.message).toBe(thrown.message);
    expect(caught.stack).toBe(thrown.stack);
  });

  test("[Q11] the properties of a failed system call survive", async () => {
    const { readFile } = await import("node:fs/promises");
    const thrown: unknown = await readFile("/no/such/file").catch((error: unknown) => error);
    expect(roundTrip(thrown, cross)).toMatchObject({
      code: "ENOENT",
      errno: -2,
      syscall: "open",
      path: "/no/such/file",
    });
  });

  test.each([
    new CancelledError("enough", { cause: "why" }),
    new TimeoutError("too late", { unfinished: 2, total: 3 }),
    new WorkerCrashedError("gone", { exitCode: 9, signal: "SIGKILL", workerId: 4, started: true }),
    new SerializationError("args[0] is a function", { phase: "arguments", path: "args[0]" }),
  ])("[Q1] an error of this package arrives as one (%p)", (thrown) => {
    const caught = roundTripError(thrown, cross);
    expect(Object.getPrototypeOf(caught)).toBe(Object.getPrototypeOf(thrown));
    expect(isConcurError(caught)).toBe(true);
    expect(ownData(caught)).toEqual(ownData(thrown));
    expect(caught.name).toBe(thrown.name);
    expect(caught.message).toBe(thrown.message);
    expect(caught.cause).toBe(thrown.cause);
  });

  test("[Q1] a class that is not registered arrives as the nearest built-in one, with its name", () => {
    class MyError extends TypeError {
      override readonly name = "MyError";
      constructor(
        readonly code: number,
        readonly detail: object,
      ) {
        super(`code ${code}`);
      }
    }
    const caught = roundTripError(new MyError(7, { at: [1, 2] }), cross);
    expect(Object.getPrototypeOf(caught)).toBe(TypeError.prototype);
    expect(caught).toMatchObject({ name: "MyError", message: "code 7", code: 7 });
    expect(ownData(caught)).toEqual({ name: "MyError", code: 7, detail: { at: [1, 2] } });
  });

  test("[Q1] a name that stands on the class's prototype is kept, and not listed", () => {
    class MyError extends Error {}
    MyError.prototype.name = "MyError";
    const caught = roundTripError(new MyError("no"), cross);
    expect(caught.name).toBe("MyError");
    expect(Object.keys(caught)).toEqual([]);
    expect(String(caught)).toBe("MyError: no");
  });

  test("[Q1] a class of another package that has the name of one of ours is not taken for ours", () => {
    const Other = class TimeoutError extends Error {
      override readonly name = "TimeoutError";
    };
    const caught = roundTripError(new Other("later"), cross);
    expect(caught).not.toBeInstanceOf(TimeoutError);
    expect(caught.name).toBe("TimeoutError");
  });

  test("[O18] errors in an array that is thrown are whole, too", () => {
    const thrown = [Object.assign(new RangeError("no"), { code: 1 }), "text"];
    const caught = roundTrip(thrown, cross);
    expect(caught).toEqual([expect.any(RangeError), "text"]);
    expect(caught).toMatchObject([{ code: 1 }, "text"]);
  });
});

test("[Q1] the class of an error from another realm is found by name", () => {
  const thrown: unknown = runInNewContext(
    "class Mine extends TypeError {}; Object.assign(new Mine('far'), { code: 3 })",
  );
  expect(encodeThrown(thrown)).toMatchObject({ base: "TypeError", classes: ["Mine"] });
  const caught = roundTrip(thrown, structuredClone);
  expect(Object.getPrototypeOf(caught)).toBe(TypeError.prototype);
  expect(caught).toMatchObject({ message: "far", code: 3 });
});

test("[Q11] errors in properties are whole, as the two of a SuppressedError are", () => {
  const thrown = Object.assign(new Error("outer"), {
    error: Object.assign(new RangeError("later"), { code: "E_LATER" }),
    suppressed: new TypeError("earlier"),
    details: [new URIError("listed"), 1],
  });
  const caught = roundTripError(thrown) as typeof thrown;
  expect(caught.error).toBeInstanceOf(RangeError);
  expect(caught.error.code).toBe("E_LATER");
  expect(caught.suppressed).toBeInstanceOf(TypeError);
  expect(caught.details).toEqual([expect.any(URIError), 1]);
});

test("[Q10] cycles and shared errors keep their shape", () => {
  const shared = new Error("shared");
  const thrown = new AggregateError([shared, shared], "all");
  shared.cause = thrown;
  const caught = roundTripError(thrown) as AggregateError;
  expect(caught.errors[0]).toBe(caught.errors[1]);
  expect((caught.errors[0] as Error).cause).toBe(caught);
});

test("[Q10] a chain of causes without an end is cut, and ends in text", () => {
  let made = 0;
  class Endless extends Error {
    override get cause(): unknown {
      return this.make();
    }
    override set cause(_value: unknown) {}
    make(): Endless {
      made += 1;
      const next = new Endless(`number ${made}`);
      Object.defineProperty(next, "cause", { get: () => next.make() });
      return next;
    }
  }
  let caught: unknown = roundTrip(new Endless("first").make(), structuredClone);
  let depth = 0;
  for (; caught instanceof Error; depth += 1) caught = caught.cause;
  expect(depth).toBe(17);
  expect(caught).toMatch(/Error\]?: number \d+/);
});

test("[Q12] of very many errors the first ones arrive, and a word for the rest", () => {
  const thrown = new AggregateError(Array.from({ length: 1200 }, (_, n) => new Error(`no ${n}`)));
  const { errors } = roundTripError(thrown) as AggregateError;
  const last: unknown = errors.pop();
  expect(errors.length).toBeGreaterThan(900);
  expect(errors.at(-1)).toMatchObject({ message: `no ${errors.length - 1}` });
  expect(last).toBe(`[${1200 - errors.length} more left out: too many objects]`);
});

test("[Q12] a long list that holds no errors is whole", () => {
  const errors = Array.from({ length: 20_000 }, (_, line) => ({ line }));
  const caught = roundTripError(Object.assign(new Error("invalid"), { errors }));
  expect(caught).toMatchObject({ errors: { length: 20_000, 19_999: { line: 19_999 } } });
});

test("[Q10] the decoder neither adds a cause nor replaces one", () => {
  expect(Object.hasOwn(roundTripError(new Error("bare")), "cause")).toBe(false);
  expect(Object.hasOwn(roundTripError(new Error("x", { cause: undefined })), "cause")).toBe(true);
});

test("[Q3] the stack of the worker is printed, and the place of the submit below it", () => {
  const submittedAt =
    "Error\n    at submitHere (file:///app.js:1:2)\n    at main (file:///app.js:9:9)";
  const thrown = new Error("no", { cause: new Error("inner") });
  const caught = decodeThrown(encodeThrown(thrown), { submittedAt });
  assert(caught instanceof Error);
  expect(caught.stack).toBe(
    `${thrown.stack}\n    -- submitted from --\n` +
      "    at submitHere (file:///app.js:1:2)\n    at main (file:///app.js:9:9)",
  );
  expect(inspect(caught)).toContain("round-trip.test.ts");
  expect(inspect(caught)).toContain("-- submitted from --");
  expect((caught.cause as Error).stack).toBe((thrown.cause as Error).stack);
  expect(decodeThrown(encodeThrown("text"), { submittedAt })).toBe("text");
});

test("[Q13] an error without a stack gets one that says what it is", () => {
  const thrown = new RangeError("no");
  Reflect.deleteProperty(thrown, "stack");
  expect(roundTripError(thrown).stack).toBe("RangeError: no");
});

test("[O22] a key named __proto__ stays data, on an error and in a value", () => {
  const thrown = new Error("no");
  const payload: unknown = JSON.parse('{"__proto__":{"polluted":1}}');
  Object.defineProperty(thrown, "__proto__", { value: { polluted: 1 }, enumerable: true });
  Object.assign(thrown, { payload });
  const caught = roundTripError(thrown) as Error & { payload: object };
  expect(Object.getPrototypeOf(caught)).toBe(Error.prototype);
  expect(Object.getOwnPropertyDescriptor(caught, "__proto__")?.value).toEqual({ polluted: 1 });
  expect(Object.keys(caught.payload)).toEqual(["__proto__"]);
  expect(Reflect.get(caught, "polluted")).toBeUndefined();
  expect(Reflect.get({}, "polluted")).toBeUndefined();
});

test("an encoded error is a copy: what the task changes later does not show", () => {
  const details = { status: 1 };
  const encoded = encodeThrown(Object.assign(new Error("no"), { details }));
  details.status = 2;
  expect(decodeThrown(encoded)).toMatchObject({ details: { status: 1 } });
});
