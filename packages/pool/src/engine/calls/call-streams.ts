import { shareableName } from "../../codec/shareables.js";
import { encodeThrown } from "../../codec/encode-error.js";
import { SerializationError } from "../../errors.js";
import type { Future } from "../../future.js";
import { Pump } from "../../streams/pump.js";
import { endWith, openStream, type StreamIterator } from "../../streams/stream.js";
import type { ItemQueue } from "../../streams/item-queue.js";
import { ReplyStatus, type StreamArguments, type StreamCommand } from "../shared/messages.js";
import { itemKeeper, sendItems } from "../shared/send-items.js";
import { AbortController, whenSettled } from "../../internal/platform.js";

/** Says which arguments are streams, to be sent as the task asks for them; undefined where none is. */
export function sourcesOf(
  args: readonly unknown[],
  transfer: readonly object[] | undefined,
): number[] | undefined {
  let sources: number[] | undefined;
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index];
    if (typeof arg === "object" && arg !== null && isStream(arg) && !transfer?.includes(arg)) {
      (sources ??= []).push(index);
    }
  }
  return sources;
}

/** Looking may throw, where somebody laid a trap; cloning will say so. */
function isStream(arg: object): boolean {
  try {
    return (
      Symbol.asyncIterator in arg &&
      typeof (arg as AsyncIterable<unknown>)[Symbol.asyncIterator] === "function" &&
      // A queue that threads share goes there itself.
      shareableName(arg) === undefined
    );
  } catch {
    return false;
  }
}

/** What streams need of their call. */
interface StreamedCall {
  readonly future: Future<unknown>;
  /** The number that the worker knows the streams by. */
  readonly sequence: number;
  readonly args: readonly unknown[];
  readonly options: { readonly name?: string | undefined };
  /** The worker that has the call; it takes what is said about the streams. */
  readonly worker:
    | {
        tell(command: StreamCommand, transfer?: readonly object[]): void;
        rests(resting: boolean): void;
      }
    | undefined;
}

/** The parent's end of the streams of one call: what its task yields, and what it reads of its arguments. */
export class CallStreams {
  /** Nobody waits for an item at the moment: then the call does not keep the program alive. */
  resting = false;
  readonly #call: StreamedCall;
  readonly #sources: ReadonlyMap<number, unknown>;
  readonly #pumps = new Map<number, { pump: Pump; controller: AbortController }>();
  #stream: { queue: ItemQueue; credit: number } | undefined;
  #received = 0;

  /** @param sources - The streams among the arguments by their places; in `call.args` they are undefined. */
  constructor(call: StreamedCall, sources: ReadonlyMap<number, unknown>) {
    this.#call = call;
    this.#sources = sources;
    call.future.addDoneCallback(() => {
      this.#settle();
    });
  }

  /** Makes what the task yields readable here. */
  open(bufferSize: number | undefined): StreamIterator<unknown> {
    const { iterator, queue, credit } = openStream(
      {
        grant: (total) => {
          this.#tell({ kind: "credit", call: this.#call.sequence, total });
        },
        leave: (reason) => {
          this.#call.future.abort(reason);
        },
        awaited: (waits) => {
          this.#rest(!waits);
        },
      },
      bufferSize,
    );
    this.#stream = { queue, credit };
    this.resting = true;
    return iterator;
  }

  /** What the worker is sent to begin with. */
  message(): StreamArguments {
    const { sequence, options, args } = this.#call;
    const sources = [...this.#sources.keys()];
    return { call: sequence, name: options.name, args, sources, credit: this.#stream?.credit };
  }

  /** Takes what the worker says in the middle of the call. */
  receive(status: number, value: unknown): void {
    if (status === ReplyStatus.Items) {
      const items = value as unknown[];
      this.#received += items.length;
      this.#stream?.queue.push(items);
    } else if (status === ReplyStatus.Pull) {
      const [source, total] = value as [number, number];
      const running = this.#pumps.get(source);
      if (running === undefined) this.#start(source, total);
      else running.pump.grant(total);
    } else {
      this.#left(value as number);
    }
  }

  #start(source: number, total: number): void {
    const controller = new AbortController();
    const { signal } = controller;
    const call = this.#call.sequence;
    const root = `an item of args[${source}]`;
    const send = (items: unknown[]): void => {
      const post = (some: unknown[], transfer?: readonly object[]): void => {
        this.#tell({ kind: "items", call, source, items: some }, transfer);
      };
      sendItems(items, post, "arguments", root);
    };
    const throwIfAborted = (): void => {
      signal.throwIfAborted();
    };
    const pump = new Pump(
      { send, keep: itemKeeper("arguments", root), signal, throwIfAborted },
      total,
    );
    this.#pumps.set(source, { pump, controller });
    void whenSettled(
      pump.run(this.#sources.get(source)),
      () => {
        this.#sourceEnded(source);
      },
      (error) => {
        const stopped = signal.aborted && error === signal.reason;
        this.#sourceEnded(source, stopped ? undefined : { error });
      },
    );
  }

  #left(source: number): void {
    const running = this.#pumps.get(source);
    // A source that was never read is not touched.
    if (running === undefined) this.#sourceEnded(source);
    else running.controller.abort();
  }

  #sourceEnded(source: number, failure?: { error: unknown }): void {
    this.#tell({
      kind: "source ended",
      call: this.#call.sequence,
      source,
      failure: failure && encodeThrown(failure.error),
    });
  }

  /** A call that has ended is told nothing: its worker has forgotten it. */
  #tell(command: StreamCommand, transfer?: readonly object[]): void {
    this.#call.worker?.tell(command, transfer);
  }

  #rest(resting: boolean): void {
    if (this.resting === resting) return;
    this.resting = resting;
    this.#call.worker?.rests(resting);
  }

  #settle(): void {
    for (const { controller } of this.#pumps.values()) controller.abort();
    this.#pumps.clear();
    if (this.#stream === undefined) return;
    const { queue } = this.#stream;
    const { future } = this.#call;
    const { outcome } = future;
    if (outcome?.status === "fulfilled" && outcome.value !== this.#received && !queue.left) {
      const message =
        "some items cannot be sent from a worker: they are nested too deeply to be read";
      queue.finish({ error: new SerializationError(message) });
    } else {
      endWith(queue, future);
    }
  }
}
