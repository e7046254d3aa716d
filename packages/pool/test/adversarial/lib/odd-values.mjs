// Values that are not what they seem. Each is made anew, as some can be used only once.

/** None of them can be sent: the call fails with SerializationError, and no other. */
export const UNSENDABLE = {
  "a revoked proxy": () => revoked({}),
  "a revoked proxy of an array": () => revoked([]),
  "a revoked proxy of a function": () => revoked(() => 0),
  "a proxy of an object": () => new Proxy({ a: 1 }, {}),
  "a proxy of bytes": () => new Proxy(new Uint8Array(4), {}),
  "a proxy of a Buffer": () => new Proxy(Buffer.from("abcd"), {}),
  "a proxy that throws at everything": () => throwing({}),
  "a function": () => () => 0,
  "a symbol": () => Symbol("odd"),
  "a promise": () => Promise.resolve(1),
  "a WeakMap": () => new WeakMap(),
  "a generator": () => (function* () {})(),
  "an object with a method": () => ({ id: 1, method() {} }),
  "an object whose getter throws": () => ({
    get id() {
      throw new RangeError("not now");
    },
  }),
  "an object whose getter throws nothing": () => ({
    get id() {
      throw undefined;
    },
  }),
  "an array whose getter throws": () =>
    Object.defineProperty([1, 2], 1, {
      enumerable: true,
      get() {
        throw new RangeError("not now");
      },
    }),
  "a list with a revoked proxy deep inside": () => [{ list: [revoked({})] }],
  "an object with a toJSON that throws": () => ({
    toJSON() {
      throw new RangeError("no JSON");
    },
  }),
};

/** They look like bytes, dates and the like and are plain objects: they arrive as those, or fail alone. */
export const PRETENDERS = {
  "an heir of Buffer": () => Object.create(Buffer.prototype),
  "an heir of Uint8Array": () => Object.create(Uint8Array.prototype),
  "an heir of Map": () => Object.create(Map.prototype),
  "an heir of Date": () => Object.create(Date.prototype),
  "an heir of Array": () => Object.create(Array.prototype),
  "an heir of Error": () => Object.create(Error.prototype),
  "a plain object called Uint8Array": () => ({ [Symbol.toStringTag]: "Uint8Array", length: 3 }),
};

function revoked(target) {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

function throwing(target) {
  const refuse = () => {
    throw new RangeError("hands off");
  };
  const traps = ["get", "set", "has", "ownKeys", "getOwnPropertyDescriptor", "getPrototypeOf"];
  return new Proxy(target, Object.fromEntries(traps.map((trap) => [trap, refuse])));
}
