import {
  attemptDownload,
  createFlagClient,
  saveNow,
  type AttemptRequest,
  type AttemptTools,
  type FlagClient,
  type FlagClientOptions,
} from "@concur/flags-common";
import { linesOf, numbered, STOP } from "./lines.js";

/** Of this thread: its connections are kept alive from one download to the next. */
let client: FlagClient | undefined;

/** Runs once in every thread, before its first download. */
export function openClient(options: FlagClientOptions): void {
  client = createFlagClient(options);
}

/**
 * Makes one try for each request, all that have come at once, and yields the results as they are there.
 *
 * @param requests - Lines with a number and an AttemptRequest; or {@link STOP}, at which all tries end, with a result each.
 * @returns Lines with the number of a request and an AttemptResult.
 */
export async function* attempts(requests: AsyncIterable<string>): AsyncGenerator<string> {
  if (client === undefined) throw new Error("openClient() has not run in this thread");
  const stop = new AbortController();
  const run = new Run({ client, signal: stop.signal, save: saveNow });
  run.follow(requests, () => {
    stop.abort();
  });
  for (;;) {
    const results = run.takeResults();
    if (results !== "") yield results;
    else if (run.isOver) return;
    else await run.news();
  }
}

/** The tries that are under way. */
class Run {
  readonly #tools: AttemptTools;
  #results: string[] = [];
  #underWay = 0;
  #isAllRead = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => undefined;

  constructor(tools: AttemptTools) {
    this.#tools = tools;
  }

  /** Whether nothing more will come. */
  get isOver(): boolean {
    return this.#isAllRead && this.#underWay === 0;
  }

  /** Begins each request when it comes. */
  follow(requests: AsyncIterable<string>, onStop: () => void): void {
    const read = async (): Promise<void> => {
      for await (const text of requests) {
        for (const line of text.split("\n")) {
          if (line === STOP) onStop();
          else void this.#begin(line);
        }
      }
      this.#isAllRead = true;
      this.#wake();
    };
    read().catch((error: unknown) => {
      this.#fail(error);
    });
  }

  /** @throws What no try should throw. */
  takeResults(): string {
    if (this.#failure !== undefined) throw this.#failure.error;
    return this.#results.splice(0).join("\n");
  }

  /** Waits for the next result, or for the end. */
  news(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  async #begin(line: string): Promise<void> {
    this.#underWay += 1;
    try {
      for (const [number, request] of linesOf<AttemptRequest>(line)) {
        this.#results.push(numbered(number, await attemptDownload(request, this.#tools)));
      }
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#underWay -= 1;
    this.#wake();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }
}
