import { Monitor } from "../../src/shared/monitor.js";
import { Field, State, Word } from "../../src/shared/layout.js";
import { Registry } from "../../src/shared/registry.js";
import { thisThread } from "../../src/shared/threads.js";

/** Stands for the death of a thread in the middle of a step. */
class Death extends Error {}

const real = globalThis.Atomics;
const originals = new WeakMap<object, Int32Array>();
let writesLeft = Infinity;

function count(): void {
  writesLeft -= 1;
  if (writesLeft < 0) throw new Death();
}

/** The words of a monitor, which count what is written. `Atomics` takes no proxy, and is given the words themselves. */
function counted(words: Int32Array): Int32Array {
  const proxy = new Proxy(words, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]): unknown => Reflect.apply(value, target, args);
    },
    set: (target, name, value) => {
      count();
      return Reflect.set(target, name, value, target);
    },
  });
  originals.set(proxy, words);
  return proxy;
}

/** Lets `Atomics` count its writes, too; gives a function that ends that. */
export function watchWrites(): () => void {
  const watched = Object.create(null) as Record<string, unknown>;
  for (const name of Object.getOwnPropertyNames(real)) {
    const fn = Reflect.get(real, name) as (...args: unknown[]) => unknown;
    const writes = ["store", "exchange", "compareExchange", "add", "or"].includes(name);
    watched[name] = (array: object, ...args: unknown[]) => {
      const words = originals.get(array);
      if (words !== undefined && writes) count();
      return fn(words ?? array, ...args);
    };
  }
  globalThis.Atomics = watched as object as typeof Atomics;
  return () => {
    globalThis.Atomics = real;
  };
}

/** Threads that this one plays, one after the other: what it does as one of them is in shared memory as done by that. */
export class Cast {
  readonly monitor: Monitor;
  readonly #words: Int32Array;
  readonly #registry: Registry;

  constructor(monitor: Monitor) {
    this.monitor = monitor;
    this.#words = monitor.words;
    Object.defineProperty(monitor, "words", { value: counted(monitor.words) });
    this.#registry = Registry.at(monitor.memory.registry);
  }

  /** Does something as a thread. False when it dies before it has made so many writes. */
  play(thread: number, act: () => void, writes = Infinity): boolean {
    writesLeft = writes;
    try {
      act();
      return true;
    } catch (error) {
      if (!(error instanceof Death)) throw error;
      return false;
    } finally {
      writesLeft = Infinity;
      for (let slot = 1; slot <= this.monitor.used; slot += 1) {
        if (this.monitor.get(slot, Field.Thread) === thisThread) {
          this.monitor.set(slot, Field.Thread, thread + 1);
        }
      }
      const entry = real.load(this.#words, Word.Entry);
      if (entry >> 1 === thisThread) real.store(this.#words, Word.Entry, (thread + 1) << 1);
    }
  }

  bury(thread: number): void {
    this.#registry.tellDead(thread);
  }

  /** What the next one does who comes here. */
  recover(): void {
    this.monitor.enter();
    this.monitor.reapInside();
    this.monitor.leave();
  }

  /** The threads of the slots in a state, in the order of their tickets. */
  threadsIn(state: number): number[] {
    const { monitor } = this;
    const slots: number[] = [];
    for (let slot = 1; slot <= monitor.used; slot += 1) {
      if (monitor.get(slot, Field.State) === state) slots.push(slot);
    }
    return slots
      .sort((one, other) => monitor.get(one, Field.Ticket) - monitor.get(other, Field.Ticket))
      .map((slot) => monitor.get(slot, Field.Thread) - 1);
  }

  /** The threads in the list of those who wait, whose links must be right in both directions. */
  listed(): number[] {
    const { monitor } = this;
    const threads: number[] = [];
    let before = 0;
    for (let slot = monitor.head; slot !== 0; slot = monitor.next(slot)) {
      if (monitor.get(slot, Field.Previous) !== before) throw new Error("a link leads elsewhere");
      if (monitor.get(slot, Field.State) !== State.Waiting) throw new Error("it does not wait");
      threads.push(monitor.get(slot, Field.Thread) - 1);
      before = slot;
    }
    if (monitor.words[Word.Tail] !== before) throw new Error("the last one is not the last");
    return threads;
  }
}
