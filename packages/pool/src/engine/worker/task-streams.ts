import { decodeThrown } from "../../codec/decode-error.js";
import { CreditWindow } from "../../streams/credit-window.js";
import { ItemQueue } from "../../streams/item-queue.js";
import { Pump } from "../../streams/pump.js";
import { readerOf } from "../../streams/stream.js";
import { apply } from "../../internal/platform.js";
import type { StreamArguments, StreamCommand } from "../shared/messages.js";
import { itemKeeper } from "../shared/send-items.js";
import type { RunningCall } from "./running-call.js";
import type { Callable } from "./task-table.js";

/** The way of one call's streams to the parent. */
export interface StreamOutlet {
  /** Sends some of what the task yields. @throws {SerializationError} When an item cannot be sent. */
  items(items: unknown[]): void;
  /** Lets so many items in all of a stream among the arguments be sent. */
  pull(source: number, total: number): void;
  leave(source: number): void;
}

const keepResult = itemKeeper("result", "an item");

/** The worker's end of the streams of one call. */
export class TaskStreams {
  readonly #message: StreamArguments;
  readonly #outlet: StreamOutlet;
  readonly #queues = new Map<number, ItemQueue>();
  #pump: Pump | undefined;

  constructor(message: StreamArguments, outlet: StreamOutlet) {
    this.#message = message;
    this.#outlet = outlet;
  }

  receive(command: StreamCommand): void {
    if (command.kind === "credit") {
      this.#pump?.grant(command.total);
      return;
    }
    const queue = this.#queues.get(command.source);
    if (command.kind === "items") queue?.push(command.items);
    else queue?.finish(command.failure && { error: decodeThrown(command.failure) });
  }

  /** Sends what has been yielded and waits for more: the worker ends. */
  flush(): void {
    this.#pump?.flush();
  }

  /** Calls the task; where it makes a stream, the promise settles when that has ended, with the number of items. */
  run(call: RunningCall, fn: Callable): unknown {
    // Its end must not overtake what is said about its streams.
    call.reported = true;
    const { signal, throwIfAborted } = call.context();
    const { args, sources, credit } = this.#message;
    const given = args.slice();
    sources.forEach((source) => {
      given[source] = readerOf(this.#open(source));
    });
    if (sources.length > 0) {
      // Whoever waits for an item must not wait for it in vain.
      const stop = (): void => {
        this.#queues.forEach((queue) => {
          queue.finish({ error: signal.reason });
        });
      };
      signal.addEventListener("abort", stop, { once: true });
    }
    const made = apply(fn, undefined, given);
    if (credit === undefined) return made;
    const send = (items: unknown[]): void => {
      this.#outlet.items(items);
    };
    const pump = new Pump({ send, keep: keepResult, signal, throwIfAborted }, credit);
    this.#pump = pump;
    return pump.runOf(made);
  }

  #open(source: number): ItemQueue {
    const window = new CreditWindow();
    let hasBegun = false;
    const queue: ItemQueue = new ItemQueue(window, {
      grant: (total) => {
        this.#outlet.pull(source, total);
      },
      leave: () => {
        this.#outlet.leave(source);
      },
      // The source is read when the task asks for the first item, and no sooner.
      awaited: (waits) => {
        if (!waits || hasBegun || queue.left) return;
        hasBegun = true;
        this.#outlet.pull(source, window.granted);
      },
    });
    this.#queues.set(source, queue);
    return queue;
  }
}
