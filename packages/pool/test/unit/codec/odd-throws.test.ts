import { EventEmitter } from "node:events";
import { inspect } from "node:util";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { decodeThrown } from "../../../src/codec/decode-error.js";
import { encodeThrown } from "../../../src/codec/encode-error.js";
import { RemoteError } from "../../../src/errors.js";
import { channels, roundTrip, roundTripError } from "./support.js";

class Instance {
  readonly [Symbol.toStringTag] = "Instance";
  readonly method = () => 1;
}

function throwIt(): never {
  throw new Error("hostile");
}

/** Traps that throw, each for itself. */
const traps: (keyof ProxyHandler<Error>)[] = [
  "get",
  "has",
  "getPrototypeOf",
  "ownKeys",
  "getOwnPropertyDescriptor",
];

describe.each(channels)("through %s", (_channel, cross) => {
  test.each([
    [undefined],
    [null],
    [0],
    [-0],
    [Number.NaN],
    [""],
    ["text"],
    [false],
    [10n ** 30n],
    [{ status: 404, nested: [1, { deep: true }] }],
    [["a", undefined]],
    [new Map([["key", new Set([1])]])],
    [new Uint8Array([1, 2])],
    [new Date(5)],
    [Object.create(null)],
  ])("[O18] what is no error arrives as itself: %p", (thrown) => {
    expect(roundTrip(thrown, cross)).toEqual(thrown);
  });

  test("[O18] any value that can be cloned arrives as a clone of it", () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withMap: true }), (thrown) => {
        expect(inspect(roundTrip(thrown, cross))).toBe(inspect(cross(thrown)));
      }),
    );
  });

  test.each([
    [Symbol("odd"), "symbol", "Symbol(odd)"],
    [throwIt, "function", "[Function: throwIt]"],
    [Instance, "function", "[class Instance]"],
    [new WeakMap(), "WeakMap", "WeakMap"],
    [Promise.resolve(1), "Promise", "Promise"],
    [new SharedArrayBuffer(1), "SharedArrayBuffer", "SharedArrayBuffer"],
    [new Instance(), "Instance", "method: [Function: method]"],
    [{ call: throwIt }, "object", "{ call: [Function: throwIt] }"],
    [new Proxy({}, {}), "object", "{}"],
  ])("[Q6] what cannot be cloned arrives as a RemoteError: %p", (thrown, name, text) => {
    const caught = roundTrip(thrown, cross);
    expect(caught).toBeInstanceOf(RemoteError);
    expect(caught).toMatchObject({ remoteName: name, code: "CONCUR_REMOTE" });
    expect(String(caught)).toContain(text);
  });
});

test("[Q13] a RemoteError has a stack without frames of this package", () => {
  const caught = roundTrip(Symbol("odd"), structuredClone) as RemoteError;
  expect(caught.stack).toBe(String(caught));
});

test("[O4] of a property that cannot be cloned those parts arrive that can, and functions stay behind", () => {
  const thrown = Object.assign(new RangeError("no", { cause: throwIt }), {
    code: "E_NO",
    retry: throwIt,
    mark: Symbol("mark"),
    request: { onEnd: throwIt, method: "GET", headers: { accept: "*/*", encode: throwIt } },
    promise: Promise.resolve(1),
    status: 500,
  });
  const caught = roundTripError(thrown);
  expect(caught).toMatchObject({
    code: "E_NO",
    mark: "Symbol(mark)",
    request: { method: "GET", headers: { accept: "*/*" } },
    promise: expect.stringContaining("Promise"),
    status: 500,
    cause: "[Function: throwIt]",
  });
  expect(Object.hasOwn(caught, "retry")).toBe(false);
  expect(Object.keys(Reflect.get(caught, "request") as object)).toEqual(["method", "headers"]);
});

test("[O4] of an error like those of HTTP clients the status, the data and the address arrive", () => {
  const request = Object.assign(new EventEmitter(), {
    method: "GET",
    path: "/x",
    _socket: { on: throwIt },
  });
  const config = { url: "http://127.0.0.1/x", validateStatus: throwIt, at: new URL("http://a/b") };
  const response = { status: 503, data: { why: "busy" }, headers: { a: "1" }, config, request };
  const thrown = Object.assign(new Error("no"), { config, request, response, toJSON: throwIt });
  const caught = roundTripError(thrown) as typeof thrown;
  expect(caught).toMatchObject({
    config: { url: "http://127.0.0.1/x", at: "http://a/b" },
    request: { method: "GET", path: "/x" },
    response: { status: 503, data: { why: "busy" }, headers: { a: "1" } },
  });
  expect(caught.response.config).toBe(caught.config);
  expect(Object.keys(caught.request)).not.toContain("_socket");
});

test("[O4] of an error that holds a Response what that says of itself arrives", () => {
  const response = new Response("busy", { status: 503, headers: { "retry-after": "5" } });
  expect(roundTripError(Object.assign(new Error("no"), { response }))).toMatchObject({
    response: { status: 503, ok: false, headers: { "retry-after": "5" } },
  });
});

test("[O4] an error that holds a graph without an end arrives", () => {
  const node: Record<string, unknown> = { stop: throwIt };
  node["next"] = node;
  let endless: Record<string, unknown> = { stop: throwIt };
  for (let depth = 0; depth < 5000; depth += 1) endless = { stop: throwIt, inner: endless };
  const caught = roundTripError(Object.assign(new Error("no"), { node, endless, code: "E" }));
  expect(caught).toMatchObject({ code: "E", node: { next: expect.anything() } });
});

test("[O4] own methods stay behind, so that the error can still be turned into text", () => {
  const thrown = Object.assign(new Error("no"), { toString: () => "mine" });
  Object.defineProperty(thrown, "helper", { value: throwIt });
  const caught = roundTripError(thrown);
  expect(String(caught)).toBe("Error: no");
  expect(Object.hasOwn(caught, "helper")).toBe(false);
});

test.each(["name", "message", "stack", "cause", "code"])(
  "[O4] a getter of %s that throws does no harm",
  (key) => {
    const thrown = Object.assign(new RangeError("no"), { status: 500 });
    Object.defineProperty(thrown, key, { get: throwIt, enumerable: true });
    const caught = roundTripError(thrown);
    expect(caught).toBeInstanceOf(RangeError);
    expect(caught).toMatchObject({ status: 500 });
    expect(caught.stack).not.toBe("");
    const shown = key === "stack" ? "RangeError: no" : "[it threw when it was read]";
    expect(caught).toMatchObject({ [key]: shown });
  },
);

test.each(["name", "message", "constructor"])(
  "[O4] a getter of %s on the class that throws does no harm",
  (key) => {
    class Hostile extends RangeError {}
    Object.defineProperty(Hostile.prototype, key, { get: throwIt });
    const thrown = new Hostile();
    const caught = roundTripError(thrown);
    expect(caught).toBeInstanceOf(RangeError);
    expect(typeof caught.name).toBe("string");
    expect(typeof caught.message).toBe("string");
  },
);

test.each(traps)("[O4] a proxy whose %s trap throws does no harm", (trap) => {
  const thrown = new Proxy(new RangeError("wrapped"), { [trap]: throwIt });
  const encoded = structuredClone(encodeThrown(thrown));
  expect(inspect(decodeThrown(encoded))).toMatch(trap === "get" ? /RangeError/ : /wrapped/);
});

test("[O4] a proxied error arrives as an error, a revoked proxy as a RemoteError", () => {
  const target = Object.assign(new RangeError("wrapped"), { code: 5 });
  const proxied = roundTripError(new Proxy(target, {}));
  expect(proxied).toBeInstanceOf(RangeError);
  expect(proxied).toMatchObject({ message: "wrapped", code: 5 });
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  expect(roundTrip(proxy, structuredClone)).toBeInstanceOf(RemoteError);
});

test("[O4] a proxy whose prototypes have no end is not followed for ever", () => {
  const endless: object = new Proxy({}, { getPrototypeOf: () => endless });
  expect(roundTrip(endless, structuredClone)).toBeInstanceOf(RemoteError);
});

test("[O4] a getter that makes lists of errors without an end is cut", () => {
  const make = (): Error => {
    const error = new Error("again");
    Object.defineProperty(error, "errors", { get: () => [make(), make(), make()] });
    return error;
  };
  const caught = roundTripError(make()) as AggregateError;
  expect(caught.errors[0]).toMatchObject({ message: "again" });
  expect(caught.errors.at(-1)).toMatch(/^\[\d more left out/);
});

test("[O4] a value whose own way of showing itself throws is named by its class", () => {
  const thrown = Object.assign(new Instance(), { [inspect.custom]: throwIt });
  const caught = roundTrip(thrown, structuredClone);
  expect(caught).toMatchObject({
    remoteName: "Instance",
    message: expect.stringContaining("[Instance that cannot be shown]"),
  });
});

test("[O4] odd names and messages arrive as they are", () => {
  const thrown = new Error("no");
  Object.assign(thrown, { name: 42, message: { text: "object" } });
  const caught = roundTripError(thrown);
  expect(caught).toMatchObject({ name: 42, message: { text: "object" } });
});

test("[O4] an object that only inherits from Error is an error, too", () => {
  const thrown = Object.assign(Object.create(TypeError.prototype) as TypeError, {
    message: "old style",
    code: 1,
  });
  const caught = roundTripError(thrown);
  expect(Object.getPrototypeOf(caught)).toBe(TypeError.prototype);
  expect(caught).toMatchObject({ message: "old style", code: 1, stack: "TypeError: old style" });
});

test("[O19] a value that is nested too deeply is described", () => {
  let deep: object = {};
  for (let level = 0; level < 100_000; level += 1) deep = { deep };
  expect(roundTrip(deep, structuredClone)).toBeInstanceOf(RemoteError);
  expect(roundTripError(Object.assign(new Error("no"), { deep, code: 1 }))).toMatchObject({
    deep: expect.any(String),
    code: 1,
  });
});

describe("a damaged encoding", () => {
  test.each([
    [undefined],
    [null],
    [7],
    ["text"],
    [{}],
    [{ kind: "other" }],
    [{ kind: "list" }],
    [{ kind: "error" }],
    [{ kind: "error", base: "Error", name: 1, message: "" }],
    [{ kind: "error", base: "Error", name: "", message: "", properties: 7 }],
    [{ kind: "error", base: "Error", name: "", message: "", properties: [["key", true, null]] }],
    [{ kind: "error", base: "Error", classes: 7, name: "", message: "" }],
  ])("[Q6] gives a RemoteError: %p", (encoded) => {
    const caught = decodeThrown(encoded);
    expect(caught).toBeInstanceOf(RemoteError);
    expect(caught).toMatchObject({ remoteName: "unknown", cause: expect.any(Error) });
  });

  test("[Q6] never throws", () => {
    const field = fc.oneof(fc.anything(), fc.constantFrom("error", "list", "value", "text"));
    const wrong = fc.record(
      { kind: field, base: field, name: fc.string(), message: fc.string(), properties: field },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.anything(), wrong), (encoded) => {
        expect(() => decodeThrown(encoded, { submittedAt: "    at x" })).not.toThrow();
      }),
    );
  });

  test("[Q1] an unknown built-in class becomes an Error with the name it had", () => {
    const caught = decodeThrown({ kind: "error", base: "FutureError", name: "F", message: "m" });
    expect(Object.getPrototypeOf(caught)).toBe(Error.prototype);
    expect(String(caught)).toBe("F: m");
  });
});
