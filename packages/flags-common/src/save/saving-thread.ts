import type { Worker } from "node:worker_threads";
import { pathIn } from "./plain-name.js";
import { saveLonger, saveWhole } from "./save-whole.js";
import { TemporaryFile } from "./temporary-file.js";

/** A larger file takes longer to hand over than to write from here. */
const MAX_BYTES = 1 << 14;

/** Nothing here lives long: more room for what is new would only be more memory. */
const YOUNG_MB = 8;

/** Files that are handed over together: of each its temporary path, its final path and its bytes. */
type Batch = readonly (readonly [temporaryPath: string, finalPath: string, bytes: Uint8Array])[];
/** How each of them ended: nothing where it is saved, else the code of what was in the way. */
type Outcomes = readonly (string | undefined)[];

interface Waiting {
  readonly file: TemporaryFile;
  readonly directory: string;
  readonly fileName: string;
  readonly bytes: Uint8Array;
  readonly resolve: (done: Promise<void> | undefined) => void;
}

/**
 * Saves small files in a thread of its own, as `saveWhole` would: whole or not at all.
 *
 * Node's own way hands each step of a file (open, write, close, rename) to one of four threads, and comes back after each:
 * that takes longer than the steps. This thread does them one after the other, for all files that have come since it
 * looked last. What it cannot save is left to the longer way. To start it pays for long lists only.
 *
 * @example
 * await using thread = new SavingThread();
 * await thread.save("downloads", "br.gif", bytes);
 */
export class SavingThread implements AsyncDisposable {
  readonly #worker: Worker;
  #gathered: Waiting[] = [];
  /** What the thread has, in the order in which it answers. */
  readonly #handedOver: Waiting[][] = [];
  #isGone = false;

  constructor() {
    const { Worker } = process.getBuiltinModule("node:worker_threads");
    // By its source: a program made one file has no other that a thread could load.
    this.#worker = new Worker(`(${saveBatches.toString()})()`, {
      eval: true,
      name: "saving",
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    this.#worker.on("message", (outcomes: Outcomes) => {
      const batch = this.#handedOver.shift() ?? [];
      batch.forEach((waiting, index) => {
        settle(waiting, outcomes[index]);
      });
    });
    this.#worker.on("error", () => {
      this.#gone();
    });
    this.#worker.on("exit", () => {
      this.#gone();
    });
  }

  /** Saves a file; rejects with the error of the system when it cannot be saved. */
  save = (directory: string, fileName: string, bytes: Uint8Array): Promise<void> => {
    if (this.#isGone || bytes.length > MAX_BYTES) return saveWhole(directory, fileName, bytes);
    return new Promise<void>((resolve) => {
      const file = TemporaryFile.next(directory, fileName);
      if (this.#gathered.length === 0) {
        setImmediate(() => {
          this.#handOver();
        });
      }
      this.#gathered.push({
        file,
        directory,
        fileName,
        bytes,
        resolve: (done) => {
          resolve(done);
        },
      });
    });
  };

  /** Ends the thread, which has nothing to do any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }

  #handOver(): void {
    const batch = this.#gathered;
    this.#gathered = [];
    this.#handedOver.push(batch);
    if (this.#isGone) {
      this.#gone();
      return;
    }
    const message: Batch = batch.map(({ file, directory, fileName, bytes }) => [
      file.path,
      pathIn(directory, fileName),
      // The bytes alone: they lie in the middle of what came from the server.
      Uint8Array.from(bytes),
    ]);
    this.#worker.postMessage(message);
  }

  /** Whatever the thread has done of it: what it has not told is done once more. */
  #gone(): void {
    this.#isGone = true;
    for (const waiting of this.#handedOver.splice(0).flat()) settle(waiting, "EIO");
  }
}

function settle(
  { file, directory, fileName, bytes, resolve }: Waiting,
  code: string | undefined,
): void {
  if (code === undefined) {
    file.release();
    resolve(undefined);
  } else resolve(saveLonger({ directory, fileName, bytes }, file, code));
}

/** Runs in the thread, from its source: nothing of this module is there. */
function saveBatches(): void {
  const { parentPort } = process.getBuiltinModule("node:worker_threads");
  const { renameSync, writeFileSync } = process.getBuiltinModule("node:fs");
  parentPort?.on("message", (batch: Batch) => {
    const outcomes: Outcomes = batch.map(([temporaryPath, finalPath, bytes]) => {
      try {
        writeFileSync(temporaryPath, bytes, { flag: "wx" });
        renameSync(temporaryPath, finalPath);
        return undefined;
      } catch (error) {
        const code: unknown = Reflect.get(Object(error), "code");
        return typeof code === "string" ? code : "EIO";
      }
    });
    parentPort.postMessage(outcomes);
  });
}
