import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Holds a call back until the test lets it go on. A gate is a file that stands in the way as long as it exists, so it
 * works the same for a call in this event loop, in a thread and in another process.
 */
export class Gate {
  constructor(readonly path: string) {
    writeFileSync(path, "");
  }

  open(): void {
    rmSync(this.path, { force: true });
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

/** Collects what calls wrote, each a line, wherever they ran. */
export class Log {
  constructor(readonly path: string) {}

  get lines(): string[] {
    if (!existsSync(this.path)) return [];
    return readFileSync(this.path, "utf8").trimEnd().split("\n");
  }
}

/** A folder of gates and logs. When it is gone its gates are open, so that no call is left behind for ever. */
export class Scratch implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "concur-test-"));
  readonly #gates: Gate[] = [];
  #logs = 0;

  gate(): Gate {
    const gate = new Gate(join(this.#folder, `gate-${this.#gates.length}`));
    this.#gates.push(gate);
    return gate;
  }

  gates(count: number): Gate[] {
    return Array.from({ length: count }, () => this.gate());
  }

  log(): Log {
    this.#logs += 1;
    return new Log(join(this.#folder, `log-${this.#logs}`));
  }

  openGates(): void {
    for (const gate of this.#gates) gate.open();
  }

  [Symbol.dispose](): void {
    // Calls that were given up may be at work in the folder still.
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
