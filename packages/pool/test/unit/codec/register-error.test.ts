import { types } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { registerError } from "../../../src/index.js";
import { channels, ownData, roundTripError } from "./support.js";

class HttpError extends Error {
  readonly #constructed: boolean;
  constructor(
    readonly status: number,
    readonly headers: Map<string, string>,
  ) {
    if (!(headers instanceof Map)) throw new TypeError("the constructor must not be called again");
    super(`status ${status}`);
    this.#constructed = true;
  }
  get isServerError(): boolean {
    return this.status >= 500;
  }
  get constructed(): boolean {
    return #constructed in this && this.#constructed;
  }
}
registerError(HttpError);

describe.each(channels)("through %s", (_channel, cross) => {
  test("[O5] a registered class is rebuilt without calling its constructor", () => {
    const caught = roundTripError(new HttpError(503, new Map([["retry-after", "1"]])), cross);
    expect(caught).toBeInstanceOf(HttpError);
    expect(types.isNativeError(caught)).toBe(true);
    expect(caught).toMatchObject({
      message: "status 503",
      status: 503,
      headers: new Map([["retry-after", "1"]]),
      isServerError: true,
      constructed: false,
    });
  });

  test("[O5] a subclass that is not registered arrives as the registered class above it", () => {
    class NotFoundError extends HttpError {
      override readonly name = "NotFoundError";
    }
    const caught = roundTripError(new NotFoundError(404, new Map()), cross);
    expect(Object.getPrototypeOf(caught)).toBe(HttpError.prototype);
    expect(caught.name).toBe("NotFoundError");
  });

  test("[O5] a registered class in a chain of causes is rebuilt, too", () => {
    const thrown = new TypeError("outer", { cause: new HttpError(500, new Map()) });
    expect(roundTripError(thrown, cross).cause).toBeInstanceOf(HttpError);
  });
});

test("[O5] setters and hostile getters of a registered class do no harm", () => {
  class Guarded extends Error {
    override get message(): string {
      throw new Error("hostile");
    }
    set code(_value: number) {
      throw new Error("must not be assigned");
    }
  }
  const thrown = new Guarded();
  Object.defineProperty(thrown, "code", { value: 5, enumerable: true });
  registerError(Guarded);
  const caught = roundTripError(thrown);
  expect(caught).toBeInstanceOf(Guarded);
  expect(ownData(caught)).toEqual({ code: 5 });
});

test("[Q1] subclasses of built-in classes keep what their base hides", () => {
  class Stopped extends DOMException {}
  class Several extends AggregateError {}
  registerError(Stopped);
  registerError(Several);
  const stopped = roundTripError(new Stopped("enough", "AbortError"));
  expect(stopped).toBeInstanceOf(Stopped);
  expect(stopped).toMatchObject({ name: "AbortError", code: 20, message: "enough" });
  const several = roundTripError(new Several([new HttpError(500, new Map())]));
  expect(several).toBeInstanceOf(Several);
  expect(several).toMatchObject({ errors: [expect.any(HttpError)] });
});

test("registerError() takes the same class twice", () => {
  expect(() => registerError(HttpError)).not.toThrow();
});

test("registerError() takes the class of a module that is evaluated again, and the last one counts", () => {
  const evaluate = (): new (message: string) => Error => {
    class Reloaded extends Error {
      readonly reloaded = true;
    }
    return Reloaded;
  };
  const [First, Second] = [evaluate(), evaluate()];
  registerError(First);
  registerError(Second);
  const caught = roundTripError(new First("again"));
  expect(caught).toBeInstanceOf(Second);
  expect(caught).not.toBeInstanceOf(First);
});

test("registerError() refuses a second class of the same name", () => {
  const Other = class HttpError extends Error {};
  expect(() => registerError(Other)).toThrow(
    new TypeError(
      "another error class named 'HttpError' is registered already: rename one of them",
    ),
  );
  expect(roundTripError(new HttpError(1, new Map()))).toBeInstanceOf(HttpError);
});

test.each([
  [undefined],
  [null],
  ["HttpError"],
  [{}],
  [() => 1],
  [Map],
  [Error],
  [new HttpError(1, new Map())],
  [Object.assign(() => 1, { prototype: null })],
])("registerError() refuses what is no subclass of Error: %p", (value) => {
  expect(() => registerError(value as never)).toThrow(
    expect.objectContaining({
      name: "TypeError",
      message: expect.stringMatching(/^registerError\(\) takes a subclass of Error, not /),
    }),
  );
});

test("registerError() refuses a class without a name", () => {
  expect(() => registerError(class extends Error {})).toThrow(/a class with a name/);
});

test("the registry stands where another copy of this package finds it", () => {
  const shared: unknown = Reflect.get(globalThis, Symbol.for("@concur/pool.errors"));
  expect((shared as Map<string, unknown>).get("HttpError")).toBe(HttpError);
  class Foreign extends Error {}
  (shared as Map<string, unknown>).set("Foreign", Foreign);
  expect(roundTripError(new Foreign("no"))).toBeInstanceOf(Foreign);
});
