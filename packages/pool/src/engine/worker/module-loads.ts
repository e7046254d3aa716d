import { AsyncLocalStorage } from "node:async_hooks";
import { installLoadGuard, type LoadGuard } from "../../internal/load-guard.js";
import { isProgram } from "../shared/nesting.js";

interface Load {
  state: ReturnType<LoadGuard["loading"]>;
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

  loading(): ReturnType<LoadGuard["loading"]> {
    return this.#loads.getStore()?.state;
  }

  /**
   * Loads a module; what it starts and leaves behind is free again when it has been loaded. But not where it is the program itself:
   * a main function that nobody awaits would go on as if it ran in the program, and start workers that do the same.
   */
  async run<T>(module: string, load: () => T): Promise<Awaited<T>> {
    this.#pending += 1;
    if (isProgram(module)) return await this.#loads.run({ state: "program" }, load);
    const here: Load = { state: "module" };
    try {
      return await this.#loads.run(here, load);
    } finally {
      here.state = undefined;
      this.#pending -= 1;
      // Up to Node 22 a storage in use slows every promise of the thread down.
      if (this.#pending === 0) this.#loads.disable();
    }
  }
}

/** Of this worker. */
export const moduleLoads = new ModuleLoads();
