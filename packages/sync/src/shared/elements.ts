/** The typed array of each type. */
export interface ElementViews {
  int8: Int8Array<SharedArrayBuffer>;
  uint8: Uint8Array<SharedArrayBuffer>;
  int16: Int16Array<SharedArrayBuffer>;
  uint16: Uint16Array<SharedArrayBuffer>;
  int32: Int32Array<SharedArrayBuffer>;
  uint32: Uint32Array<SharedArrayBuffer>;
  float32: Float32Array<SharedArrayBuffer>;
  float64: Float64Array<SharedArrayBuffer>;
  bigint64: BigInt64Array<SharedArrayBuffer>;
  biguint64: BigUint64Array<SharedArrayBuffer>;
}

/** What the numbers of a SharedValue or a SharedArray are. */
export type ElementType = keyof ElementViews;

/** A number of this type, in JavaScript. */
export type Element<T extends ElementType> = T extends "bigint64" | "biguint64" ? bigint : number;

/** Numbers of this type in shared memory. */
export type View<T extends ElementType> = ElementViews[T];

/** The same, to read and to write them by index. */
export type Numbers<T extends ElementType> = Record<number, Element<T>>;

const makers: { readonly [T in ElementType]: (memory: SharedArrayBuffer) => View<T> } = {
  int8: (memory) => new Int8Array(memory),
  uint8: (memory) => new Uint8Array(memory),
  int16: (memory) => new Int16Array(memory),
  uint16: (memory) => new Uint16Array(memory),
  int32: (memory) => new Int32Array(memory),
  uint32: (memory) => new Uint32Array(memory),
  float32: (memory) => new Float32Array(memory),
  float64: (memory) => new Float64Array(memory),
  bigint64: (memory) => new BigInt64Array(memory),
  biguint64: (memory) => new BigUint64Array(memory),
};

const bytesOf: Readonly<Record<ElementType, number>> = {
  int8: Int8Array.BYTES_PER_ELEMENT,
  uint8: Uint8Array.BYTES_PER_ELEMENT,
  int16: Int16Array.BYTES_PER_ELEMENT,
  uint16: Uint16Array.BYTES_PER_ELEMENT,
  int32: Int32Array.BYTES_PER_ELEMENT,
  uint32: Uint32Array.BYTES_PER_ELEMENT,
  float32: Float32Array.BYTES_PER_ELEMENT,
  float64: Float64Array.BYTES_PER_ELEMENT,
  bigint64: BigInt64Array.BYTES_PER_ELEMENT,
  biguint64: BigUint64Array.BYTES_PER_ELEMENT,
};

/** Gives the name of a type. @throws {TypeError} When it is none. */
export function elementTypeOf<T>(type: T): T & ElementType {
  if (typeof type === "string" && Object.hasOwn(makers, type)) return type as T & ElementType;
  throw new TypeError(`the type must be one of ${Object.keys(makers).join(", ")}`);
}

/** Gives shared memory for so many numbers, or with these in it. @throws {RangeError} For a length that is none. */
export function createMemory<T extends ElementType>(
  type: T,
  values: number | Iterable<Element<T>>,
): SharedArrayBuffer {
  const elements = typeof values === "number" ? [] : Array.from(values);
  const length = typeof values === "number" ? values : elements.length;
  if (!Number.isInteger(length) || length < 0) {
    throw new RangeError(`the length must be a whole number of at least 0, not ${length}`);
  }
  const memory = new SharedArrayBuffer(length * bytesOf[type]);
  const numbers = numbersIn(viewOf(type, memory));
  elements.forEach((element, index) => {
    numbers[index] = element;
  });
  return memory;
}

export function viewOf<T extends ElementType>(type: T, memory: SharedArrayBuffer): View<T> {
  return makers[type](memory);
}

export function numbersIn<T extends ElementType>(view: View<T>): Numbers<T> {
  const holder: object = view;
  return holder as Numbers<T>;
}
