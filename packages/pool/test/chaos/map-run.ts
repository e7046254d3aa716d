import { inspect } from "node:util";
import type { ResultIterator, Submitter, TaskOptions } from "../../src/index.js";
import * as Tasks from "../fixtures/chaos-tasks.mjs";
import type { ItemKind } from "../fixtures/chaos-tasks.mjs";
import type { Cells } from "./cells.js";
import type { Random } from "../lib/random.mjs";
import { codeOf, isSameData, isSameThrown, shortly } from "./same.js";
import { endsByForce, endsEarly, type World } from "./world.js";

const itemKinds: { name: ItemKind; weight: number; deadly?: boolean }[] = [
  { name: "list", weight: 20 },
  { name: "number", weight: 20 },
  { name: "nap", weight: 3 },
  { name: "error", weight: 3 },
  { name: "undefined", weight: 1 },
  { name: "unsendable", weight: 1 },
  { name: "moody", weight: 0.5 },
  { name: "refused", weight: 1 },
  { name: "exit", weight: 0.2, deadly: true },
];

/** One map with options by chance, read to its end or left early. */
export class MapRun {
  readonly complaints: string[] = [];
  /** Settled when it has been read as far as it shall be. */
  readonly read: Promise<void>;
  /** Items taken from the input: the executor has accepted all of them, or all but the last. */
  pulled = 0;
  refused = 0;
  /** Whether an item can be on its way to the executor when the map is left. */
  readonly mayDrop: boolean;
  delivered = { completed: 0, failed: 0, cancelled: 0 };
  state = "begun";
  readonly #kinds: readonly ItemKind[];
  readonly #options: TaskOptions;
  readonly #seen = new Set<number>();

  constructor(
    readonly first: number,
    readonly count: number,
    readonly world: World,
    readonly cells: Cells,
    random: Random,
    submitter: Submitter,
  ) {
    const choices = itemKinds.filter(({ deadly }) => world.deadly || !deadly);
    // Mixed, or all of one kind, as only calls that are alike are sent far ahead.
    const only = random.chance(0.3) ? random.pick(["list", "number"] as const) : undefined;
    this.#kinds = Array.from({ length: count }, () => only ?? random.weighted(choices).name);
    this.#options = drawOptions(random);
    const leaveAt = random.chance(0.25) ? random.int(0, count) : Infinity;
    this.mayDrop = random.chance(0.2);
    const results = submitter.with(this.#options).map(
      Tasks.item,
      this.mayDrop ? this.#asyncIds() : this.#ids(),
      this.#kinds,
      this.#kinds.map((kind) => (kind === "refused" ? () => kind : undefined)),
    );
    this.read = this.#read(results, leaveAt);
  }

  toString(): string {
    const options = inspect(this.#options, { breakLength: Infinity });
    return `map of ${this.count} from ${this.first} ${options}: ${this.state}, ${this.pulled} pulled`;
  }

  *#ids(): Generator<number, void> {
    for (let index = 0; index < this.count; index += 1) {
      this.pulled += 1;
      yield this.first + index;
    }
  }

  async *#asyncIds(): AsyncGenerator<number, void> {
    for (const id of this.#ids()) {
      if (id % 7 === 0) await new Promise(setImmediate);
      yield id;
    }
  }

  async #read(results: ResultIterator<unknown>, leaveAt: number): Promise<void> {
    for (let place = 0; place < leaveAt; place += 1) {
      try {
        const { done, value } = await results.next();
        if (done) {
          if (place !== this.pulled && place !== this.pulled + this.refused)
            this.#complain(`it ended after ${place} results`);
          this.state = "read to its end";
          return;
        }
        this.delivered.completed += 1;
        this.#judgeValue(place, value);
      } catch (reason) {
        if (codeOf(reason) === "CONCUR_SHUTDOWN") {
          // The item that was pulled for this place was refused.
          this.refused = 1;
          this.#judgeError(place, reason);
          continue;
        }
        const cancelled = codeOf(reason) === "CONCUR_CANCELLED";
        this.delivered[cancelled ? "cancelled" : "failed"] += 1;
        this.#judgeError(place, reason);
      }
    }
    await results.return();
    const { done } = await results.next();
    if (!done) this.#complain("it goes on after return()");
    this.state = `left after ${leaveAt} results`;
  }

  #judgeValue(place: number, value: unknown): void {
    const id = idIn(value);
    this.#note(id, place);
    const kind = this.#kinds[id - this.first];
    const right =
      kind === "number"
        ? isSameData(value, id)
        : kind === "moody"
          ? isSameData(value, { id })
          : (kind === "list" || kind === "nap") && isSameData(value, [id]);
    if (!right) this.#complain(`item ${id} (${kind}) gave ${inspect(value)}`);
    if (this.cells.ended(id) !== 1) this.#complain(`item ${id} has a value and did not run`);
  }

  #judgeError(place: number, reason: unknown): void {
    if (this.#options.ordered !== false) this.#note(this.first + place, place);
    const candidates =
      this.#options.ordered === false
        ? this.#kinds.map((kind, index) => ({ kind, id: this.first + index }))
        : [{ kind: this.#kinds[place], id: this.first + place }];
    if (!candidates.some(({ kind, id }) => this.#mayFailWith(kind, id, reason))) {
      this.#complain(`item ${place} (${this.#kinds[place]}) failed with ${shortly(reason)}`);
    }
  }

  #mayFailWith(kind: ItemKind | undefined, id: number, reason: unknown): boolean {
    switch (codeOf(reason)) {
      case "CONCUR_NOT_SERIALIZABLE": {
        const phase: unknown = Reflect.get(reason as object, "phase");
        if (phase === "arguments") return kind === "refused";
        return kind === "unsendable" || kind === "moody";
      }
      case "CONCUR_WORKER_CRASHED":
        return this.world.deadly || (reason as Error).message.includes("was killed to stop");
      case "CONCUR_TIMEOUT":
        return this.#options.timeoutMs !== undefined;
      case "CONCUR_CANCELLED":
        return endsEarly(this.world);
      case "CONCUR_BROKEN":
        return endsByForce(this.world);
      case "CONCUR_SHUTDOWN":
        // Only input that is read later can meet an executor that takes no more.
        return (
          this.world.ending !== "done" && (this.mayDrop || this.#options.bufferSize !== undefined)
        );
      default:
        return kind === "error"
          ? isSameThrown(reason, Tasks.oddity(id, "coded"))
          : kind === "undefined" && reason === undefined;
    }
  }

  #note(id: number, place: number): void {
    if (this.#seen.has(id)) this.#complain(`item ${id} came twice`);
    this.#seen.add(id);
    if (this.#options.ordered !== false && id !== this.first + place) {
      this.#complain(`item ${id} came in place ${place}`);
    }
  }

  #complain(what: string): void {
    this.complaints.push(`${what}: ${this.toString()}`);
  }
}

/** Which item a value belongs to. */
function idIn(value: unknown): number {
  if (Array.isArray(value)) return value[0] as number;
  return typeof value === "object" && value !== null
    ? (Reflect.get(value, "id") as number)
    : (value as number);
}

function drawOptions(random: Random): TaskOptions {
  const options: TaskOptions = {};
  if (random.chance(0.4)) options.chunkSize = random.pick([1, 2, 3, 7, 20, 100]);
  if (random.chance(0.4)) options.bufferSize = random.pick([1, 2, 5, 20]);
  if (random.chance(0.3)) options.ordered = random.chance(0.2);
  if (random.chance(0.1)) options.timeoutMs = random.int(5, 40);
  if (random.chance(0.1)) options.priority = random.int(-1, 1);
  return options;
}
