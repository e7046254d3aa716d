import { AsyncLocalStorage } from "node:async_hooks";
import { installLoadGuard, type LoadGuard } from "../../internal/load-guard.js";

interface Load {
  over: boolean;
}

/**
 * Knows which code runs because a module is being loaded. A flag for the whole thread would not do: other calls may run
 * while a module waits at a top-level `await`.
 */
class ModuleLoads implements LoadGuard {
  readonly #loads = new AsyncLocalStorage<Load>();
  #pending = 0;

  install(): void {
    installLoadGuard(this);
  }

  loading(): boolean {
    return this.#loads.getStore()?.over === false;
  }

  /** Loads a module; what it starts and leaves behind is free again when it has been loaded. */
  async run<T>(load: () => T): Promise<Awaited<T>> {
    const here: Load = { over: false };
    this.#pending += 1;
    try {
      return await this.#loads.run(here, load);
    } finally {
      here.over = true;
      this.#pending -= 1;
      // Up to Node 22 a storage in use slows every promise of the thread down.
      if (this.#pending === 0) this.#loads.disable();
    }
  }
}

/** Of this worker. */
export const moduleLoads = new ModuleLoads();
