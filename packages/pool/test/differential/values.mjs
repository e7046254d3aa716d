// Values that structured clone can copy, of all kinds, with objects that stand in several places.
import fc from "fast-check";

const oddStrings = fc.constantFrom(
  "",
  "__proto__",
  "constructor",
  "toJSON",
  "then",
  "length",
  "\ud800",
  "a\udfff",
  "\u0000",
  "\u2028",
  "é",
  "😀",
  "0",
  "-1",
  "1e3",
  "4294967295",
  '"',
  "\\",
);
const text = fc.oneof(
  oddStrings,
  fc.string({ maxLength: 12, unit: "binary" }),
  fc.string({ maxLength: 6 }),
);
const number = fc.oneof(
  fc.constantFrom(
    0,
    -0,
    NaN,
    Infinity,
    -Infinity,
    2 ** 31,
    -(2 ** 31),
    2 ** 32,
    2 ** 53,
    1e21,
    5e-324,
    0.1,
  ),
  fc.integer(),
  fc.double(),
);
const primitive = fc.oneof(
  number,
  text,
  fc.boolean(),
  fc.constantFrom(null, undefined),
  fc.bigInt(),
  fc.constantFrom(0n, -1n, 2n ** 64n),
);

const TYPED = [
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
];

const memory = fc.uint8Array({ minLength: 0, maxLength: 64 }).map((bytes) => bytes.slice().buffer);
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((found) => found.slice()),
  // More than fits where short ones travel.
  fc.integer({ min: 1000, max: 6000 }).map((length) => new Uint8Array(length).fill(length)),
  fc.string({ maxLength: 20 }).map((found) => Buffer.from(found)),
);

/** A view of all or of a part of some memory. */
const viewOf = (buffers) =>
  fc
    .tuple(buffers, fc.constantFrom(...TYPED), fc.nat(3), fc.nat(3))
    .map(([buffer, View, skipped, left]) => {
      const size = View.BYTES_PER_ELEMENT ?? 1;
      const offset = Math.min(skipped * size, Math.floor(buffer.byteLength / size) * size);
      const most = Math.floor((buffer.byteLength - offset) / size);
      return new View(buffer, offset, Math.max(0, most - left));
    });

/** Several views of the same memory. */
const views = memory.chain((buffer) =>
  fc.array(viewOf(fc.constant(buffer)), { minLength: 1, maxLength: 3 }),
);

const date = fc.oneof(
  fc.date({ noInvalidDate: false }),
  fc.constantFrom(-0, 1).map((time) => new Date(time)),
);
const regExp = fc
  .tuple(
    fc.constantFrom("a", "(?:x|y)+", "\\/", "\\u{61}", "[^]"),
    fc.constantFrom("", "g", "giu", "s", "y"),
  )
  .map(([source, flags]) => new RegExp(source, flags));
const boxed = fc.oneof(
  number.map((value) => new Number(value)),
  text.map((value) => new String(value)),
  fc.boolean().map((value) => new Boolean(value)),
  fc.bigInt().map((value) => Object(value)),
);

const ERRORS = [Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError];
/** Errors as arguments and as parts of results: structured clone has its own rules for them. */
const error = fc
  .tuple(fc.constantFrom(...ERRORS), text, fc.option(primitive, { nil: "none" }))
  .map(([Class, message, cause]) =>
    cause === "none" ? new Class(message) : new Class(message, { cause }),
  );

const leaf = fc.oneof(
  { weight: 8, arbitrary: primitive },
  bytes,
  viewOf(memory),
  views,
  memory,
  date,
  regExp,
  boxed,
  error,
);

const key = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("a", "b", "id", "name", "list") },
  text,
  fc.nat(20).map(String),
);

function defined(object, name, value) {
  // Not by assignment: "__proto__" is a name like any other here.
  return Object.defineProperty(object, name, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

function recordOf(entries, prototype = Object.prototype) {
  const record = Object.create(prototype);
  for (const [name, value] of entries) defined(record, name, value);
  return record;
}

const { tree } = fc.letrec((tie) => {
  const any = tie("tree");
  const entries = (most) => fc.array(fc.tuple(key, any), { maxLength: most });
  return {
    tree: fc.oneof(
      { maxDepth: 3, depthSize: "small" },
      leaf,
      fc.array(any, { maxLength: 5 }),
      entries(5).map((found) => recordOf(found)),
      // Plain objects of plain values are what most programs send.
      fc.array(fc.tuple(key, primitive), { maxLength: 6 }).map((found) => recordOf(found)),
      entries(3).map((found) => recordOf(found, null)),
      entries(3).map((found) => recordOf(found, { inherited: 1 })),
      fc.array(fc.tuple(any, any), { maxLength: 4 }).map((found) => new Map(found)),
      fc.array(any, { maxLength: 4 }).map((found) => new Set(found)),
      // Arrays with holes, and with properties that are no items.
      fc.tuple(fc.array(any, { maxLength: 4 }), fc.nat(6)).map(([list, at]) => {
        const sparse = [...list];
        sparse[list.length + at] = at;
        if (at % 2 === 0) delete sparse[0];
        if (at > 4) sparse.length += at;
        return sparse;
      }),
      fc.tuple(fc.array(any, { maxLength: 3 }), entries(2)).map(([list, found]) => {
        for (const [name, value] of found)
          if (name !== "length" && !/^\d+$/.test(name)) defined(list, name, value);
        return list;
      }),
      // Objects with more names than any way for small ones takes.
      fc
        .tuple(fc.integer({ min: 10, max: 80 }), primitive)
        .map(([count, value]) =>
          recordOf(Array.from({ length: count }, (_, n) => [`key${n}`, n % 3 ? n : value])),
        ),
      fc.tuple(any, any).map(([value, other]) => ({
        other,
        get got() {
          return value;
        },
      })),
      fc
        .tuple(any, fc.boolean())
        .map(([value, enumerable]) =>
          Object.defineProperty({ shown: 1 }, "hidden", { value, enumerable }),
        ),
      fc
        .tuple(any, key)
        .map(([value, name]) =>
          Object.assign(new Date(5), { [name === "__proto__" ? "x" : name]: value }),
        ),
    ),
  };
});

/** Puts objects of a value into other places of it, too, itself among them. */
function tangle([value, picks]) {
  if (typeof value !== "object" || value === null || picks.length === 0) return value;
  const root = { value };
  const places = [];
  const seen = new Set();
  const left = [root];
  while (left.length > 0) {
    const one = left.pop();
    if (seen.has(one)) continue;
    seen.add(one);
    const isPlace = Array.isArray(one) || Object.getPrototypeOf(one) === Object.prototype;
    if (isPlace) places.push(one);
    for (const name of isPlace ? Object.keys(one) : []) {
      const descriptor = Object.getOwnPropertyDescriptor(one, name);
      if (typeof descriptor.value === "object" && descriptor.value !== null)
        left.push(descriptor.value);
    }
  }
  const objects = [...seen];
  for (const [where, what] of picks) {
    const place = places[where % places.length];
    if (Object.isExtensible(place))
      defined(
        place,
        Array.isArray(place) ? place.length : `again${where}`,
        objects[what % objects.length],
      );
  }
  return root;
}

/** Any value that can be copied. */
export const cloneable = fc
  .tuple(
    tree,
    fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      fc.array(fc.tuple(fc.nat(50), fc.nat(50)), { minLength: 1, maxLength: 3 }),
    ),
  )
  .map(tangle);
