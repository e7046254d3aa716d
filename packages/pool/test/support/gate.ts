import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Holds a call back until the test lets it go on. A gate is a path, so it works the same for a call in this event
 * loop, in a thread and in another process.
 */
export class Gate {
  constructor(readonly path: string) {}

  open(): void {
    writeFileSync(`${this.path}.open`, "");
  }

  /** Says whether the call has come to the gate. */
  get reached(): boolean {
    return existsSync(`${this.path}.begun`);
  }

  /** Waits until the call has come to the gate. */
  async whenReached(): Promise<void> {
    while (!this.reached) await sleep(2);
  }
}

/** A folder of gates and logs, gone after the test; leaving it opens every gate, so that no call is left behind. */
export class Scratch implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "concur-test-"));
  readonly #gates: Gate[] = [];

  gate(): Gate {
    const gate = new Gate(join(this.#folder, `gate-${this.#gates.length}`));
    this.#gates.push(gate);
    return gate;
  }

  file(name: string): string {
    return join(this.#folder, name);
  }

  [Symbol.dispose](): void {
    for (const gate of this.#gates) gate.open();
    // The calls still look for their gates for a moment.
    setTimeout(() => {
      rmSync(this.#folder, { recursive: true, force: true });
    }, 200);
  }
}
