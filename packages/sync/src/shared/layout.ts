/** The words before the slots. */
export const Word = {
  /** What is in this memory. */
  Kind: 0,
  /** 0: free. Else who is inside, times two, plus one when others wait for it. */
  Entry: 1,
  /** The first and the last slot that waits. */
  Head: 2,
  Tail: 3,
  /** The first slot that is free; the others follow. */
  Free: 4,
  /** How many slots were ever in use. */
  Used: 5,
  /** Given to each slot when it is taken. */
  Ticket: 6,
  Waiting: 7,
  Held: 8,
  /** How many deaths of the registry were looked after. */
  Deaths: 9,
  Id0: 10,
  Id1: 11,
  /** From here on words belong to the kind of thing that this is. */
  Own: 16,
} as const;

export const HEADER_WORDS = 32;

/** What memory is of; checked when memory comes from elsewhere. */
export const Kind = {
  Lock: 0x5c_0001,
  RLock: 0x5c_0002,
  Semaphore: 0x5c_0003,
  BoundedSemaphore: 0x5c_0004,
  Event: 0x5c_0005,
  Condition: 0x5c_0006,
  Barrier: 0x5c_0007,
  ReadWriteLock: 0x5c_0008,
  Queue: 0x5c_0009,
} as const;

/** The words of a slot. */
export const Field = {
  State: 0,
  /** Whose it is. */
  Thread: 1,
  Next: 2,
  Previous: 3,
  /** Of a slot that holds: how often its owner has taken it in all. */
  Depth: 3,
  Ticket: 4,
  /** What it waits for, or how it holds: each kind of thing has a meaning of its own. */
  Mode: 5,
  /** Milliseconds since 1970 when it was taken or granted, as a Float64. */
  Since: 6,
} as const;

export const SLOT_WORDS = 8;

/** The states of a slot. The step from waiting to held is the one store that hands something on. */
export const State = { Free: 0, Waiting: 1, Held: 2 } as const;

/** So many slots are in memory of fixed size, in which V8 is several times faster than in memory that can grow. */
export const FIXED_SLOTS = 32;
/** More cannot wait or hold at one thing. */
export const MAX_SLOTS = 65_536;
