/** How the arguments of a call, or its value, travel: inside the slot, or in a message. */
export const Cargo = {
  Nothing: 0,
  Undefined: 1,
  Null: 2,
  True: 3,
  False: 4,
  /** One number, in the slot. */
  Number: 5,
  /** Arguments: an array of them, the next in the messages. Value: a reply in the messages. */
  Message: 6,
  /** Arguments of a chunk of `map`: an array of arrays, the next in the messages. */
  Chunk: 7,
  /** Arguments with a name for the call: `[name, arguments]`, the next in the messages. */
  Named: 8,
  /** Arguments of a call with streams: see FlowArguments, the next in the messages. */
  Flow: 9,
} as const;

/** Says how one value travels. */
export function cargoOf(value: unknown): number {
  if (typeof value === "number") return Cargo.Number;
  if (value === undefined) return Cargo.Undefined;
  if (value === null) return Cargo.Null;
  if (value === true) return Cargo.True;
  return value === false ? Cargo.False : Cargo.Message;
}

/** Gives a value that travelled in a slot. */
export function valueOf(cargo: number, number: number | undefined): unknown {
  switch (cargo) {
    case Cargo.Number:
      return number;
    case Cargo.Null:
      return null;
    case Cargo.True:
      return true;
    case Cargo.False:
      return false;
    default:
      return undefined;
  }
}
