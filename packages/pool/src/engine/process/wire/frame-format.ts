/** What the body of a frame is. */
export const FrameType = {
  /** JSON: an array of triples, calls or replies. */
  Triples: 0,
  /** One triple whose third part JSON would not carry: two numbers, and a payload. */
  Payload: 1,
  /** A payload: a command, or a word about the worker itself. */
  Command: 2,
  /** Triples of numbers: without a text that would have to be written and read. */
  Numbers: 3,
  /** One triple whose third part is a Uint8Array: two numbers, and its bytes. */
  Bytes: 4,
} as const;

/** A frame begins with the length of its body and its type. */
export const HEAD_BYTES = 5;
/** The two numbers of a triple before its payload. */
export const PAIR_BYTES = 8;
/** A triple of numbers: two integers, and one of any kind. */
export const NUMBERS_BYTES = 16;
