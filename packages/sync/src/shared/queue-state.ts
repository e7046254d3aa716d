import { Field, Kind, Word } from "./layout.js";
import type { SharedMemory } from "./memory.js";
import { readItem, writeItem, type Item } from "./items.js";
import type { ItemRing } from "./ring.js";
import { Turnstile } from "./turnstile.js";

/** Where the next item is read, and where it is written. The latter two stores are what takes an item out, or puts one in. */
const READ = Word.Own;
const WRITE = Word.Own + 1;
const COUNT = Word.Own + 2;
const CLOSED = Word.Own + 3;
const MOST = Word.Own + 4;
/** What was granted, and not taken or put yet. */
const PROMISED_ITEMS = Word.Own + 5;
const PROMISED_PLACES = Word.Own + 6;
const PROMISED_BYTES = Word.Own + 7;

/** The modes of slots. That of one who waits to put is the size of its item, which is more than 0. */
const GETS = -1;
/** The queue was closed. */
const SENT_AWAY = 0;

/** The items of a queue, and who waits for them or for places: those who get, and those who put, each in the order in which they came. */
export class QueueState extends Turnstile {
  readonly #ring: ItemRing;

  constructor(ring: ItemRing, memory: SharedMemory | undefined, maxSize: number) {
    super(Kind.Queue, "a Queue", memory);
    this.#ring = ring;
    if (memory === undefined) this.#set(MOST, maxSize);
  }

  get size(): number {
    return Atomics.load(this.monitor.words, COUNT);
  }

  get maxSize(): number {
    return this.#get(MOST);
  }

  get isClosed(): boolean {
    return Atomics.load(this.monitor.words, CLOSED) === 1;
  }

  close(): void {
    const { monitor } = this;
    monitor.enter();
    Atomics.store(monitor.words, CLOSED, 1);
    this.settle();
    monitor.leave();
  }

  /** Puts an item: true when it is in, false when it is closed, a slot when it has to wait; undefined where it must not wait. */
  put(item: Item, mayWait: boolean): boolean | number | undefined {
    const { monitor } = this;
    monitor.enter();
    let outcome: boolean | number | undefined;
    if (this.isClosed) {
      outcome = false;
    } else if (this.#canPut(item.size)) {
      this.#putInside(item);
      outcome = true;
    } else if (mayWait) {
      outcome = monitor.enqueue(item.size);
    }
    monitor.leave();
    return outcome;
  }

  /** Puts an item in the place that was granted; false when it is closed. */
  putGranted(slot: number, item: Item): boolean {
    const { monitor } = this;
    monitor.enter();
    const isIn = !this.isClosed;
    this.#promised(monitor.get(slot, Field.Mode), -1);
    monitor.drop(slot);
    if (isIn) this.#putInside(item);
    monitor.leave();
    return isIn;
  }

  /** Gets an item; false when it is closed and empty, a slot when it has to wait; undefined where it must not wait. */
  get(mayWait: boolean): Item | false | number | undefined {
    const { monitor } = this;
    monitor.enter();
    let outcome: Item | false | number | undefined;
    if (this.#canGet()) outcome = this.#getInside();
    else if (this.isClosed) outcome = false;
    else if (mayWait) outcome = monitor.enqueue(GETS);
    monitor.leave();
    return outcome;
  }

  /** Gets the item that was granted; false when it is closed and empty. */
  getGranted(slot: number): Item | false {
    const { monitor } = this;
    monitor.enter();
    const mode = monitor.get(slot, Field.Mode);
    this.#promised(mode, -1);
    monitor.drop(slot);
    const item = mode === SENT_AWAY ? false : this.#getInside();
    monitor.leave();
    return item;
  }

  override settle(): void {
    const { monitor } = this;
    let canPut = true;
    for (let slot = monitor.head; slot !== 0;) {
      const next = monitor.next(slot);
      const mode = monitor.get(slot, Field.Mode);
      if (mode === GETS) {
        if (this.#unpromised > 0) this.#grant(slot, mode);
        else if (this.isClosed) this.#grant(slot, SENT_AWAY);
        else if (!canPut) return;
      } else if (this.isClosed) {
        this.#grant(slot, SENT_AWAY);
      } else {
        canPut = canPut && this.#hasRoom(mode);
        if (canPut) this.#grant(slot, mode);
        else if (this.#unpromised <= 0) return;
      }
      slot = next;
    }
  }

  override died(): void {
    // What was promised to it is counted anew.
  }

  recount(): void {
    const { monitor } = this;
    let count = 0;
    const end = this.#get(WRITE);
    for (let at = this.#get(READ); at !== end; at = (at + this.#ring.sizeAt(at)) | 0) count += 1;
    this.#set(COUNT, count);
    this.#set(PROMISED_ITEMS, 0);
    this.#set(PROMISED_PLACES, 0);
    this.#set(PROMISED_BYTES, 0);
    for (let slot = 1; slot <= monitor.used; slot += 1) {
      if (monitor.isHeld(slot)) this.#promised(monitor.get(slot, Field.Mode), 1);
    }
  }

  #grant(slot: number, mode: number): void {
    const { monitor } = this;
    monitor.set(slot, Field.Mode, mode);
    monitor.grant(slot);
    this.#promised(mode, 1);
  }

  #promised(mode: number, by: 1 | -1): void {
    if (mode === SENT_AWAY) return;
    if (mode === GETS) {
      this.#set(PROMISED_ITEMS, this.#get(PROMISED_ITEMS) + by);
    } else {
      this.#set(PROMISED_PLACES, this.#get(PROMISED_PLACES) + by);
      this.#set(PROMISED_BYTES, this.#get(PROMISED_BYTES) + by * mode);
    }
  }

  get #unpromised(): number {
    return this.#get(COUNT) - this.#get(PROMISED_ITEMS);
  }

  #canGet(): boolean {
    if (this.#unpromised > 0) return true;
    this.monitor.reapInside();
    return this.#unpromised > 0;
  }

  #canPut(size: number): boolean {
    if (this.#hasRoom(size) && !this.#somePut()) return true;
    this.monitor.reapInside();
    return this.#hasRoom(size) && !this.#somePut();
  }

  #hasRoom(size: number): boolean {
    if (this.#get(COUNT) + this.#get(PROMISED_PLACES) >= this.#get(MOST)) return false;
    const used = (this.#get(WRITE) - this.#get(READ)) | 0;
    return used + this.#get(PROMISED_BYTES) + size <= this.#ring.size;
  }

  /** Whether somebody waits to put: the next one has to wait behind. */
  #somePut(): boolean {
    const { monitor } = this;
    for (let slot = monitor.head; slot !== 0; slot = monitor.next(slot)) {
      if (monitor.get(slot, Field.Mode) !== GETS) return true;
    }
    return false;
  }

  #putInside(item: Item): void {
    const at = this.#get(WRITE);
    writeItem(this.#ring, at, item);
    this.#set(WRITE, (at + item.size) | 0);
    this.#set(COUNT, this.#get(COUNT) + 1);
    if (this.monitor.head !== 0) this.settle();
  }

  #getInside(): Item {
    const at = this.#get(READ);
    const item = readItem(this.#ring, at);
    this.#set(READ, (at + item.size) | 0);
    this.#set(COUNT, this.#get(COUNT) - 1);
    if (this.monitor.head !== 0) this.settle();
    return item;
  }

  #get(word: number): number {
    return this.monitor.words[word] ?? 0;
  }

  #set(word: number, value: number): void {
    this.monitor.words[word] = value;
  }
}
