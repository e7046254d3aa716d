import type { AttemptRequest, AttemptResult } from "@concur/flags-common";
import { importTasks, type ThreadPoolExecutor } from "@concur/pool";
import { linesOf, numbered, STOP } from "./lines.js";
import type * as Tasks from "./tasks.js";

/** The threads load the tasks by themselves: bundled with the program, each of them would run the program. */
export const tasks = importTasks<typeof Tasks>(new URL("./tasks.js", import.meta.url));

interface Waiting {
  readonly resolve: (result: AttemptResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The line to one thread: requests go out and results come back, in the order in which they are there.
 *
 * It is one call to the thread, with a stream each way. A call for each file would wake the thread for each of them, and
 * this one for each result; a stream takes along what else is ready.
 */
export class ThreadLine {
  readonly #waiting = new Map<number, Waiting>();
  #lines: string[] = [];
  #lastNumber = 0;
  #isClosed = false;
  /** What ended the line, if anything did. */
  #broken: { readonly error: unknown } | undefined;
  #wake: () => void = () => undefined;
  readonly #reading: Promise<void>;

  constructor(threads: ThreadPoolExecutor) {
    this.#reading = this.#read(threads);
  }

  /** How many requests are under way. */
  get length(): number {
    return this.#waiting.size;
  }

  /** Has the thread make one try; rejects when the thread is no more. */
  attempt(request: AttemptRequest): Promise<AttemptResult> {
    return new Promise((resolve, reject) => {
      if (this.#broken !== undefined) {
        reject(this.#broken.error);
        return;
      }
      this.#lastNumber += 1;
      this.#waiting.set(this.#lastNumber, { resolve, reject });
      this.#send(numbered(this.#lastNumber, request));
    });
  }

  /** Ends all tries that are under way: each of them answers. */
  stop(): void {
    this.#send(STOP);
  }

  /** Lets the thread go when all tries have ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    await this.#reading;
  }

  #send(line: string): void {
    this.#lines.push(line);
    this.#wake();
  }

  async *#requests(): AsyncGenerator<string> {
    for (;;) {
      if (this.#lines.length > 0) yield this.#lines.splice(0).join("\n");
      else if (this.#isClosed) return;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  async #read(threads: ThreadPoolExecutor): Promise<void> {
    try {
      for await (const text of threads.stream(tasks.attempts, this.#requests())) {
        for (const [number, result] of linesOf<AttemptResult>(text)) {
          const waiting = this.#waiting.get(number);
          this.#waiting.delete(number);
          waiting?.resolve(result);
        }
      }
    } catch (error) {
      this.#broken = { error };
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    }
  }
}
