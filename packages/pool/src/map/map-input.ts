import { AsyncResource } from "node:async_hooks";
import { Turn, type Admission } from "../internal/admission.js";
import { zip, type ZippedSource } from "./zip.js";
import { leaveAlone } from "../internal/platform.js";

/** Takes what a map reads. */
export interface MapInputListener<A> {
  /** Takes the next item. @throws What ends the input, in the place of the item. */
  item(item: A): void;
  /** No more comes, as the input has ended or failed; told once, and not to one who has stopped it. */
  ended(failure: { error: unknown } | undefined): void;
}

/**
 * The input of a map, read side by side from its iterables as far as there is credit (the free places of the buffer, and
 * one more for each result asked for) and, where the queue is limited, room in it.
 */
export class MapInput<A extends unknown[]> {
  readonly #source: ZippedSource<A>;
  readonly #listener: MapInputListener<A>;
  readonly #turn: Turn;
  /** Where the input is read: in the async context of whoever called `map`. */
  readonly #context = new AsyncResource("ConcurMap");
  #credit: number;
  /** An async source is being read: it goes on by itself. */
  #reading = false;
  #ended = false;
  #stopped = false;
  /** Hands on what was read and had to wait for its turn. */
  #resume: (() => void) | undefined;

  /** @throws {TypeError} For what cannot be iterated. */
  constructor(
    iterables: readonly unknown[],
    credit: number,
    admission: Admission | undefined,
    listener: MapInputListener<A>,
  ) {
    this.#source = zip<A>(iterables);
    this.#credit = credit;
    this.#listener = listener;
    this.#turn = new Turn(admission, () => {
      if (this.#resume === undefined) this.#read();
      else this.#resume();
    });
  }

  /** Whether no more items come. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Begins to read; it goes on by itself when there is room in the queue again. */
  start(): void {
    this.#read();
  }

  /** One more result is asked for, so one more item may be read. */
  readOneMore(): void {
    this.#credit += 1;
    if (this.#wanted()) this.#context.runInAsyncScope(this.#read, this);
  }

  /** Hands on nothing from here on. */
  stop(): void {
    this.#ended = true;
    this.#stopped = true;
    this.#turn.leave();
    this.#resume?.();
  }

  /** Closes the iterables. @returns A promise that rejects with what their own clean-up throws. */
  async close(): Promise<void> {
    // A read under way may never end, so it closes the source itself, when it does.
    if (!this.#reading) await this.#closeSource();
  }

  /** Reads as far as the credit and the queue let it. */
  #read(): void {
    if (this.#reading) return;
    if (this.#source.kind === "async") {
      // It never rejects: what the input throws is told.
      void this.#readAsync(this.#source);
      return;
    }
    while (this.#wanted() && this.#turn.take()) {
      this.#credit -= 1;
      try {
        this.#handOn(this.#source.next());
      } catch (error) {
        this.#end({ error });
      }
    }
  }

  async #readAsync(source: ZippedSource<A> & { kind: "async" }): Promise<void> {
    this.#reading = true;
    while (this.#wanted()) {
      this.#credit -= 1;
      try {
        const item = await source.next();
        if (!this.#isStopped()) await this.#handOnInTurn(item);
      } catch (error) {
        this.#end({ error });
      }
    }
    this.#reading = false;
    if (this.#isStopped()) this.#closeUnseen();
  }

  /** Hands on an item when there is room for it: the one that has been read waits, and no other is. */
  async #handOnInTurn(item: A | undefined): Promise<void> {
    if (item === undefined || this.#turn.take()) {
      this.#handOn(item);
      return;
    }
    await new Promise<void>((resolve, reject) => {
      this.#resume = () => {
        this.#resume = undefined;
        try {
          if (!this.#stopped && this.#turn.take()) this.#handOn(item);
          resolve();
        } catch (error) {
          reject(error);
        }
      };
    });
  }

  #handOn(item: A | undefined): void {
    if (item === undefined) {
      this.#end();
      return;
    }
    try {
      this.#listener.item(item);
    } catch (error) {
      this.#closeUnseen();
      throw error;
    }
  }

  #end(failure?: { error: unknown }): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#listener.ended(failure);
  }

  #wanted(): boolean {
    return this.#credit > 0 && !this.#ended;
  }

  /** Closes where nobody waits who could be told of an error in the input's own clean-up. */
  #closeUnseen(): void {
    leaveAlone(this.#closeSource());
  }

  /** A source that is read at once throws at once; here that is a rejection. */
  async #closeSource(): Promise<void> {
    await this.#source.close();
  }

  /** Read through a method, as the compiler believes that awaiting changes nothing. */
  #isStopped(): boolean {
    return this.#stopped;
  }
}
