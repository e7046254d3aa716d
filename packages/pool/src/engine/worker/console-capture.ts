import { isUtf8 } from "node:buffer";
import { types } from "node:util";
import { nextTick } from "../../internal/platform.js";
import type { StreamName } from "../shared/messages.js";

type Original = (...args: unknown[]) => boolean;

/**
 * Takes over what this worker prints and passes it on in whole lines: Node would hold it back until a task lets the
 * event loop run, and mix the parts of lines of several workers.
 */
export class ConsoleCapture {
  readonly #emit: (stream: StreamName, text: string) => void;
  /** Lines that have no end yet. */
  readonly #unfinished: Record<StreamName, string> = { stdout: "", stderr: "" };

  readonly #giveBack: (() => void)[] = [];

  /** @param emit - Is given whole lines, each with its end; one without at the end of the worker. */
  constructor(emit: (stream: StreamName, text: string) => void) {
    this.#emit = emit;
    this.#takeOver("stdout");
    this.#takeOver("stderr");
  }

  /** Gives the streams back: the channel to the parent closes, but exit listeners may still print. */
  release(): void {
    this.flush();
    this.#giveBack.forEach((giveBack) => giveBack());
  }

  /** Passes on the lines that have no end yet: the worker ends. */
  flush(): void {
    this.#flush("stdout");
    this.#flush("stderr");
  }

  #flush(stream: StreamName): void {
    const rest = this.#unfinished[stream];
    this.#unfinished[stream] = "";
    if (rest !== "") this.#emit(stream, rest);
  }

  /** Not before something is printed: a stream that nobody asks for costs the worker neither time nor memory. */
  #takeOver(stream: StreamName): void {
    const lazy = Object.getOwnPropertyDescriptor(process, stream) ?? {};
    const restore = (): void => {
      Object.defineProperty(process, stream, lazy);
    };
    Object.defineProperty(process, stream, {
      configurable: true,
      enumerable: true,
      get: () => {
        restore();
        this.#patch(stream, process[stream]);
        return process[stream];
      },
    });
    this.#giveBack.push(restore);
  }

  #patch(stream: StreamName, target: NodeJS.WriteStream): void {
    const original = target.write.bind(target) as Original;
    const write = (chunk: unknown, encoding?: unknown, callback?: unknown): boolean => {
      const text = textOf(chunk, encoding);
      // Not text: it has no lines, and must not be changed.
      if (text === undefined) return original(chunk, encoding, callback);
      this.#print(stream, text);
      const done = typeof encoding === "function" ? encoding : callback;
      if (typeof done === "function") nextTick(done);
      return true;
    };
    target.write = write;
    this.#giveBack.push(() => {
      // Its own method, which was not an own property, is in sight again.
      Reflect.deleteProperty(target, "write");
    });
  }

  #print(stream: StreamName, text: string): void {
    const end = text.lastIndexOf("\n") + 1;
    if (end === 0) {
      this.#unfinished[stream] += text;
      return;
    }
    const lines = this.#unfinished[stream] + text.slice(0, end);
    this.#unfinished[stream] = text.slice(end);
    this.#emit(stream, lines);
  }
}

function textOf(chunk: unknown, encoding: unknown): string | undefined {
  if (typeof chunk === "string") {
    const isText = typeof encoding !== "string" || /^utf-?8$/i.test(encoding);
    return isText ? chunk : undefined;
  }
  return types.isUint8Array(chunk) && isUtf8(chunk) ? Buffer.from(chunk).toString() : undefined;
}
