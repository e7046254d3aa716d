import { isPrimitive } from "../../../internal/kinds.js";
import { allInheritNames, fewNames, isPlain } from "../../shared/plain.js";
import { RECORD_MISSES, RECORD_NAMES, RECORD_PAUSE } from "../../tuning.js";

/**
 * Plain objects whose values are all primitives, written as their values in a row: to clone that takes a third of the time
 * that the objects take, most of which goes into the names of their properties.
 *
 * The names come first where they are not those of the record before. No value is an array, so nobody takes one for the other.
 */
export class RecordWriter {
  #names: readonly string[] = [];
  /** What was read of a record: a getter may do anything, so nothing is in a row before all of it has been read. */
  #taken: readonly string[] | undefined;
  readonly #values: unknown[] = [];
  #reads = false;
  #misses = 0;
  #pause = 0;

  /** Begins a row that can be read without the one before. */
  begin(): void {
    this.#names = [];
  }

  /** Reads a value if it is such an object; false if not. What was read is then to be appended to a row. */
  take(value: unknown): boolean {
    if (this.#pause > 0) {
      this.#pause -= 1;
      return false;
    }
    const names = this.#read(value);
    if (names === this.#names) this.#misses = 0;
    // Somebody has to be the first of a row.
    else if (names === undefined || this.#names.length > 0) this.#missed();
    // What was read before something else was found must not be kept alive.
    if (names === undefined) this.#values.length = 0;
    this.#taken = names;
    return names !== undefined;
  }

  /** Appends the record that was taken. */
  append(row: unknown[]): void {
    const names = this.#taken ?? [];
    if (names !== this.#names) row.push(names);
    this.#names = names;
    for (let at = 0; at < names.length; at += 1) {
      row.push(this.#values[at]);
      this.#values[at] = undefined;
    }
  }

  /** Reads the values of a record, and gives its names: the same array where they are those of the record before. */
  #read(value: unknown): readonly string[] | undefined {
    if (this.#reads || !isPlain(value) || allInheritNames()) return undefined;
    this.#reads = true;
    try {
      if (hasNames(value, this.#names)) {
        return readAll(value, this.#names, this.#values) ? this.#names : undefined;
      }
      // What has neither names nor values could not be found in the row.
      const names = fewNames(value, RECORD_NAMES);
      return names !== undefined && names.length > 0 && readAll(value, names, this.#values)
        ? names
        : undefined;
    } catch {
      // A getter has thrown, and will again when the object is cloned: there it becomes an error with a name.
      return undefined;
    } finally {
      this.#reads = false;
    }
  }

  #missed(): void {
    this.#misses += 1;
    if (this.#misses < RECORD_MISSES) return;
    this.#misses = 0;
    this.#pause = RECORD_PAUSE;
  }
}

/** Reads a row that a RecordWriter has written, all of it and in that order; for each row there is a reader of its own. */
export class RecordReader {
  #names: readonly string[] = [];
  /** An object with these names: a copy of it is made faster than one that gets them anew. */
  #template: Readonly<Record<string, unknown>> = {};
  #end = 0;

  /** Where the record ends that was read last. */
  get end(): number {
    return this.#end;
  }

  read(row: readonly unknown[], start: number): Record<string, unknown> {
    let at = start;
    const first = row[at];
    if (Array.isArray(first)) {
      this.#names = first as string[];
      this.#template = withNames(this.#names);
      at += 1;
    }
    const record = { ...this.#template };
    const names = this.#names;
    for (let index = 0; index < names.length; index += 1, at += 1) {
      record[names[index] ?? ""] = row[at];
    }
    this.#end = at;
    return record;
  }
}

/**
 * Gives the part of a message that one of its entries takes up, so that it can be read alone: a record needs its names, which may
 * stand before that of another.
 *
 * @param at - Where in each entry its record begins.
 * @param isRecord - Says so of an entry.
 */
export function entriesOf(
  message: readonly unknown[],
  starts: readonly number[],
  at: number,
  isRecord: (entry: readonly unknown[]) => boolean,
): unknown[][] {
  let names: unknown;
  return starts.map((start, index) => {
    const entry = message.slice(start, starts[index + 1]);
    if (isRecord(entry)) {
      if (Array.isArray(entry[at])) names = entry[at];
      else entry.splice(at, 0, names);
    }
    return entry;
  });
}

/** Gives the records that are all of the values as a row; undefined when there is anything else among the values. */
export function recordRow(values: ArrayLike<unknown>): unknown[] | undefined {
  const writer = new RecordWriter();
  const row: unknown[] = [];
  for (let at = 0; at < values.length; at += 1) {
    if (!writer.take(values[at])) return undefined;
    writer.append(row);
  }
  return row;
}

/** Gives the records of a whole row. */
export function recordsIn(row: readonly unknown[]): object[] {
  const reader = new RecordReader();
  const records: object[] = [];
  for (let at = 0; at < row.length; at = reader.end) records.push(reader.read(row, at));
  return records;
}

/** Defines and does not assign: one of the names may be `__proto__`, or have a setter. */
function withNames(names: readonly string[]): Record<string, unknown> {
  const made = {};
  for (let at = 0; at < names.length; at += 1) {
    Object.defineProperty(made, names[at] ?? "", FIELD);
  }
  return made;
}

const FIELD: PropertyDescriptor = Object.freeze({
  // An object without a prototype, as a task may give a property of these names to all others.
  __proto__: null,
  value: undefined,
  writable: true,
  enumerable: true,
  configurable: true,
});

/** Says whether an object has just these names, in this order. */
function hasNames(value: object, names: readonly string[]): boolean {
  let index = 0;
  // Faster than Object.keys(). No name is inherited.
  for (const name in value) {
    if (name !== names[index]) return false;
    index += 1;
  }
  return index > 0 && index === names.length;
}

/** Puts the values into `values`; false when one of them is no primitive. */
function readAll(
  value: Record<string, unknown>,
  names: readonly string[],
  values: unknown[],
): boolean {
  for (let at = 0; at < names.length; at += 1) {
    const one = value[names[at] ?? ""];
    if (!isPrimitive(one)) return false;
    values[at] = one;
  }
  return true;
}
