import { inspect } from "node:util";
import { BroadcastChannel } from "node:worker_threads";
import { createExecutor } from "../executors.js";
import { INTERRUPTED, Interruption } from "../interruption.js";
import { display } from "../output.js";
import { tasks } from "../task-references.js";
import type { SpokenMessage } from "../tasks.js";
import { PRIMES } from "./numbers.js";

const WORKERS = 3;

/** Prints what the threads say, and lets a caller wait until a call has said that it is done. */
class Listener implements Disposable {
  readonly name = `cli-bench primes ${process.pid}`;
  readonly #channel = new BroadcastChannel(this.name);
  /** How often the end of each number was announced: one of them comes twice. */
  readonly #ended = new Map<number, number>();
  #notify = (): void => undefined;

  constructor() {
    this.#channel.onmessage = ({ data }: { data: SpokenMessage }) => {
      const { n, phase } = data;
      display(`is_prime(${n}): ${phase === "begin" ? "doing calculating..." : "done."}`);
      if (phase === "end") this.#ended.set(n, (this.#ended.get(n) ?? 0) + 1);
      this.#notify();
    };
  }

  /** A result may overtake the last message of its call, since they come by different ways. */
  async untilEnded(n: number, times: number): Promise<void> {
    while ((this.#ended.get(n) ?? 0) < times) {
      await new Promise<void>((resolve) => {
        this.#notify = resolve;
      });
    }
  }

  [Symbol.dispose](): void {
    this.#channel.close();
  }
}

/** Runs the demonstration of `ThreadPoolExecutor.map`: three threads, results in order as they come. */
export async function runPrimes(): Promise<number> {
  using interruption = new Interruption();
  using listener = new Listener();
  display("Script starting.");
  await using executor = createExecutor("thread", WORKERS);
  interruption.watch(executor);
  // One number per message, so that three are begun at once.
  const submitter = executor.with({ chunkSize: 1 });
  const channelNames = PRIMES.map(() => listener.name);
  const results = submitter.map(tasks.isPrimeSpoken, PRIMES, channelNames);
  display(`results: ${inspect(results, { depth: -1 })}`);
  display("Waiting for individual results:");
  let index = 0;
  try {
    for await (const verdict of results) {
      const n = PRIMES[index] ?? NaN;
      const times = PRIMES.slice(0, index + 1).filter((other) => other === n).length;
      await listener.untilEnded(n, times);
      display(`result ${index}: ${verdict ? "True" : "False"}`);
      index += 1;
    }
  } catch (error) {
    if (!interruption.happened) throw error;
    display(`interrupted after ${index} of ${PRIMES.length} results`);
    return INTERRUPTED;
  }
  return 0;
}
