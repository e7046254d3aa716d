import { Pump } from "../streams/pump.js";
import { endWith, openStream, type StreamIterator } from "../streams/stream.js";
import type { Future } from "../future.js";
import { apply } from "../internal/platform.js";
import { callStore } from "../internal/task-context.js";
import type { Callable } from "./resolve-task.js";

/** Within one thread nothing is copied: an item is the object that was yielded. */
const handOver = (item: unknown): unknown => item;

/** A stream of this thread: what runs as its call, and what its user reads. */
export interface LocalStream {
  readonly run: Callable;
  readonly iterator: StreamIterator<unknown>;
  /** Ties the stream to the future of the call that runs it. */
  follow(future: Future<unknown>): void;
}

/** Makes a call's function of a generator function: it ends when all items are handed over. */
export function openLocalStream(generate: Callable, bufferSize: number | undefined): LocalStream {
  let pump: Pump | undefined;
  let call: Future<unknown> | undefined;
  const { iterator, queue, credit } = openStream(
    {
      grant: (total) => {
        pump?.grant(total);
      },
      leave: (reason) => {
        call?.abort(reason);
      },
    },
    bufferSize,
  );
  const send = (items: unknown[]): void => {
    queue.push(items);
  };
  const run: Callable = (...args) => {
    const current = callStore().getStore();
    if (current === undefined) throw new Error("a stream runs inside a call");
    const { signal, throwIfAborted } = current.context();
    const sender = new Pump({ send, keep: handOver, signal, throwIfAborted }, credit);
    pump = sender;
    const made = apply(generate, undefined, args);
    return sender.runOf(made);
  };
  const follow = (future: Future<unknown>): void => {
    call = future;
    future.addDoneCallback(() => {
      endWith(queue, future);
    });
  };
  return { run, iterator, follow };
}
