import { Socket } from "node:net";
import { deserialize, serialize } from "node:v8";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { findUncloneable, serializationError } from "../../../src/codec/find-uncloneable.js";
import { SerializationError } from "../../../src/errors.js";
import { roundTripError } from "./support.js";

const fn = () => 1;

/** Node has it, and the types of a program without a page do not. */
const wasm = Reflect.get(globalThis, "WebAssembly") as {
  Module: new (code: Uint8Array) => object;
};

class User {
  constructor(readonly props: object = {}) {}
}

function detached(): ArrayBuffer {
  const buffer = new ArrayBuffer(8);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}

function throwing(): object {
  return Object.defineProperty({}, "x", {
    get() {
      throw new Error("boom");
    },
    enumerable: true,
  });
}

/** What the attempt to clone the value throws. */
function cloneError(value: unknown): unknown {
  try {
    structuredClone(value);
  } catch (error) {
    return error;
  }
  throw new Error("the value can be cloned");
}

describe("what both threads and processes refuse", () => {
  const cases: [value: unknown, sentence: string][] = [
    [[1, { onClick: fn }], "args[1].onClick is a function"],
    [[{ list: [0, 1, 2, Symbol("s")] }], "args[0].list[3] is a symbol"],
    [[{ "on-click": fn }], 'args[0]["on-click"] is a function'],
    [[{ "": fn }], 'args[0][""] is a function'],
    [[{ größe: fn }], "args[0].größe is a function"],
    [[new Map([["a b", { f: fn }]])], 'args[0].get("a b").f is a function'],
    [[new Map([[{}, fn]])], "args[0] (a Map) value [0] is a function"],
    [[new Map([[fn, 1]])], "args[0] (a Map) key [0] is a function"],
    [[new Set([1, [fn]])], "args[0] (a Set) element [1][0] is a function"],
    [[new Error("x", { cause: { f: fn } })], "args[0].cause.f is a function"],
    [[Object.assign(new Error("x"), { name: Symbol("n") })], "args[0].name is a symbol"],
    [[throwing()], "args[0].x throws when it is read: boom"],
    [[new User({ f: fn })], "args[0].props.f is a function"],
    [[Promise.resolve()], "args[0] is a Promise"],
    [[new WeakMap()], "args[0] is a WeakMap"],
    [[new WeakSet()], "args[0] is a WeakSet"],
    [[new WeakRef({})], "args[0] is a WeakRef"],
    [[new Proxy({}, {})], "args[0] is a Proxy"],
    [[detached()], "args[0] is a detached ArrayBuffer"],
    [[new MessageChannel().port1], "args[0] is a MessagePort"],
    [[Object(Symbol("boxed"))], "args[0] is a Symbol"],
    [
      [
        (() => {
          function* g() {}
          return g();
        })(),
      ],
      "args[0] is a Generator",
    ],
    [[Object.assign([1], { extra: fn })], "args[0].extra is a function"],
  ];

  test.each(cases)("[O12] is named: %#", (value, sentence) => {
    expect(() => structuredClone(value)).toThrow();
    expect(() => deserialize(serialize(value)) as unknown).toThrow();
    expect(findUncloneable(value, "args")).toBe(sentence);
  });

  test("[O12] a socket is named as such, and not a part of it", () => {
    const socket = new Socket();
    expect(findUncloneable({ socket }, "result")).toBe("result.socket is a Socket");
    socket.destroy();
  });

  test("[O12] a module and the arguments of a function are named", async () => {
    const module: unknown = await import("node:path");
    expect(findUncloneable({ module }, "result")).toBe("result.module is a module");
    const list = (function (..._rest: number[]) {
      // eslint-disable-next-line prefer-rest-params -- it is the subject here
      return arguments;
    })(1);
    expect(findUncloneable(list, "result")).toBe("result is an arguments object");
  });

  test("[O12] the value itself can be the culprit", () => {
    expect(findUncloneable(fn, "result")).toBe("result is a function");
    expect(findUncloneable([].values(), "result")).toMatch(/^result is an (Array )?Iterator$/);
  });
});

describe("what processes alone refuse", () => {
  test.each([
    [{ memory: new SharedArrayBuffer(8) }, "args[0].memory is a SharedArrayBuffer"],
    [new wasm.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])), "args[0] is a Module"],
  ])("[O15] is named: %#", (value, sentence) => {
    expect(() => structuredClone(value)).not.toThrow();
    expect(findUncloneable([value], "args")).toBe(sentence);
  });

  test("[O15] is not named where something else is wrong", () => {
    expect(findUncloneable([new SharedArrayBuffer(8), fn], "args")).toBe("args[1] is a function");
  });
});

test("[O12] the culprit is found wherever it is, and nothing is found where there is none", () => {
  const tree = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom<unknown>(1, "text", null, new Date(0), /x/, new Uint8Array(2)),
      fc.array(tie("node"), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie("node"), { maxKeys: 4 }),
      fc.array(fc.tuple(fc.string(), tie("node"))).map((entries) => new Map(entries)),
      fc.array(tie("node"), { maxLength: 3 }).map((items) => new Set(items)),
      tie("node").map((value) => new User({ value })),
    ),
  })).node;
  fc.assert(
    fc.property(fc.array(tree), (args) => {
      expect(findUncloneable(args, "args")).toBeUndefined();
    }),
  );
  fc.assert(
    fc.property(fc.array(tree), tree, (args, last) => {
      expect(findUncloneable([...args, { last, culprit: fn }], "args")).toBe(
        `args[${args.length}].culprit is a function`,
      );
    }),
  );
});

test("[O12] cycles are walked once", () => {
  const first: Record<string, unknown> = { name: "first" };
  first["self"] = first;
  first["map"] = new Map([["up", first]]);
  expect(findUncloneable(first, "result")).toBeUndefined();
  first["last"] = fn;
  expect(findUncloneable(first, "result")).toBe("result.last is a function");
});

test("[O12] an instance in a cycle is not blamed for what lies elsewhere", () => {
  const child = new User();
  const parent = { child, last: fn };
  Object.assign(child.props, { parent });
  expect(findUncloneable(parent, "result")).toBe("result.last is a function");
});

test("[O16] what is transferred is not blamed", () => {
  const { port1, port2 } = new MessageChannel();
  expect(findUncloneable([port1, fn], "args")).toBe("args[0] is a MessagePort");
  expect(findUncloneable([port1, fn], "args", [port1])).toBe("args[1] is a function");
  port2.close();
});

describe("serializationError()", () => {
  test("[O12] says what cannot be sent where, and keeps phase, path and cause", () => {
    const value = [1, { onClick: fn }];
    const cause = cloneError(value);
    const error = serializationError("arguments", value, "args", cause);
    expect(error).toBeInstanceOf(SerializationError);
    expect(error.message).toBe("args[1].onClick is a function, which cannot be sent to a worker");
    expect(error).toMatchObject({
      code: "CONCUR_NOT_SERIALIZABLE",
      phase: "arguments",
      path: "args[1].onClick",
    });
    expect(error.cause).toBe(cause);
    expect(error.cause).toMatchObject({ name: "DataCloneError" });
  });

  test.each(["result", "error"] as const)("[O12] speaks of the way back for a %s", (phase) => {
    const error = serializationError(phase, fn, phase, cloneError(fn));
    expect(error.message).toBe(`${phase} is a function, which cannot be sent from a worker`);
    expect(error.phase).toBe(phase);
  });

  test("[O11] a getter that throws is named with what it threw", () => {
    const value = { inner: throwing() };
    const error = serializationError("result", value, "result", cloneError(value));
    expect(error.message).toBe("result.inner.x throws when it is read: boom");
    expect(error.path).toBe("result.inner.x");
    expect(error.cause).toMatchObject({ message: "boom" });
  });

  test("[O19] without a culprit the cause tells why", () => {
    let deep: object = {};
    for (let level = 0; level < 100_000; level += 1) deep = { deep };
    const error = serializationError("arguments", [deep], "args", cloneError(deep));
    expect(error.message).toBe("args cannot be sent to a worker: Maximum call stack size exceeded");
    expect(error.path).toBeUndefined();
    expect(serializationError("result", 1, "result", "odd").message).toBe(
      "result cannot be sent from a worker: 'odd'",
    );
  });

  test("[O12] phase, path and cause survive the way from a worker", () => {
    const thrown = serializationError("result", fn, "result", cloneError(fn));
    const caught = roundTripError(thrown);
    expect(caught).toBeInstanceOf(SerializationError);
    expect(caught).toMatchObject({ phase: "result", path: "result" });
    expect(caught.cause).toBeInstanceOf(DOMException);
    expect(caught.cause).toMatchObject({ name: "DataCloneError", code: 25 });
  });
});
