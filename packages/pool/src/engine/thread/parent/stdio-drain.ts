import type { Readable } from "node:stream";
import type { Worker } from "node:worker_threads";
import { isDeno } from "../../../internal/runtime.js";
import { streamsStandStill } from "../../../internal/platform.js";

/**
 * What threads have printed and this process has not taken over yet. Where its own output is read slowly that can be long
 * after the thread is gone.
 */
export class StdioDrain {
  readonly #open = new Set<Readable>();
  #tell: (() => void) | undefined;

  watch({ stdout, stderr }: Worker): void {
    // There a thread prints by itself, and these streams never end.
    if (isDeno) return;
    for (const stream of [stdout, stderr]) {
      this.#open.add(stream);
      stream.once("end", () => {
        this.#open.delete(stream);
        if (this.#open.size === 0) this.#tell?.();
      });
    }
  }

  /** Settles when all of it stands in line behind what the process itself prints, or has nowhere to go any more. */
  async drained(): Promise<void> {
    const own = [process.stdout, process.stderr];
    if (this.#open.size === 0 || own.some((stream) => stream.destroyed)) return;
    if (streamsStandStill()) return;
    await new Promise<void>((resolve) => {
      this.#tell = resolve;
      for (const stream of own) stream.once("close", resolve);
    });
    for (const stream of own) if (this.#tell !== undefined) stream.off("close", this.#tell);
  }
}
