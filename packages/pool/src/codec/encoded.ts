/** What a task threw, as data that structured clone and `v8.serialize` carry without loss. */
export type EncodedThrown = EncodedValue | EncodedText | EncodedList | EncodedRecord | EncodedError;

/** Travels as itself: numbers, text, undefined, plain objects, maps, buffers. */
interface EncodedValue {
  readonly kind: "value";
  readonly value: unknown;
}

/** Stands for what cannot travel: a function, a symbol, a socket. */
export interface EncodedText {
  readonly kind: "text";
  /** What it was, in a word: `"function"`, `"Socket"`. */
  readonly name: string;
  readonly text: string;
}

/** An array that holds errors, which need more care than structured clone takes, or what cannot be cloned. */
interface EncodedList {
  readonly kind: "list";
  /** Longer than its elements where there are holes. */
  readonly length: number;
  /** Its elements, and what it has beside them. */
  readonly entries: readonly EncodedEntry[];
}

/** What can be sent of an object that cannot be sent as it is. */
interface EncodedRecord {
  readonly kind: "record";
  readonly entries: readonly EncodedEntry[];
}

export type EncodedEntry = readonly [key: string, value: EncodedThrown];

/** An error; the same error met again is the same object here, so that cycles and identity survive. */
export interface EncodedError {
  readonly kind: "error";
  /** The nearest class that every JavaScript program has: `"TypeError"`, `"DOMException"`. */
  readonly base: string;
  /** The classes below it, the most derived one first; absent when there are none. */
  readonly classes?: readonly string[];
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  /** Own properties, `cause` and `errors` among them: key, whether enumerable, value. */
  readonly properties?: readonly EncodedProperty[];
}

/** A tuple and not a record of keys, so that a key named `__proto__` stays data. */
export type EncodedProperty = readonly [key: string, enumerable: boolean, value: EncodedThrown];
