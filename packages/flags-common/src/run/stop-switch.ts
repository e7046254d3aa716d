import { setMaxListeners } from "node:events";
import { EXIT_CODES } from "../cli/exit-codes.js";

/** Stops a run early, once and for one reason. */
export class StopSwitch {
  readonly #controller = new AbortController();
  #exitCode: number | undefined;
  #message: string | undefined;

  constructor() {
    // Every download listens; Node takes more than ten listeners for a leak.
    setMaxListeners(0, this.#controller.signal);
  }

  /** Aborts when the run is to stop. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What the program should answer, or `undefined` while nothing stopped it. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  /** What to tell the user about it, if anything. */
  get message(): string | undefined {
    return this.#message;
  }

  /** Stops the run. Only the first reason counts: the others follow from it. */
  stop(exitCode: number, message?: string): void {
    if (this.#exitCode !== undefined) return;
    this.#exitCode = exitCode;
    this.#message = message;
    this.#controller.abort();
  }
}

const SIGNALS = { SIGINT: EXIT_CODES.interrupted, SIGTERM: EXIT_CODES.terminated } as const;

/**
 * Lets the first SIGINT or SIGTERM stop the run, and the second one end the process at once.
 *
 * @returns A function that gives the signals their usual meaning back.
 */
export function stopOnSignals(stopSwitch: StopSwitch): () => void {
  let isSecond = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    const exitCode = signal === "SIGTERM" ? SIGNALS.SIGTERM : SIGNALS.SIGINT;
    if (isSecond) process.exit(exitCode);
    isSecond = true;
    stopSwitch.stop(exitCode);
  };
  for (const signal of Object.keys(SIGNALS)) process.on(signal, onSignal);
  return () => {
    for (const signal of Object.keys(SIGNALS)) process.off(signal, onSignal);
  };
}
