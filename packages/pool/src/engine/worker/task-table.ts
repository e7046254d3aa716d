import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { types } from "node:util";
import { apply } from "../../internal/platform.js";
import { loadExport, type Callable } from "../../task-loader.js";
import type { TaskSource } from "../../task.js";
import { compileInline } from "./inline-code.js";
import { moduleLoads } from "./module-loads.js";
import type { TaskEntry } from "../shared/messages.js";

export type { Callable };

/** Knows the functions of this worker's tasks, by the number the parent gave them. */
export class TaskTable {
  readonly #entries: TaskEntry[] = [];
  readonly #functions: (Callable | undefined)[] = [];

  add(from: number, entries: readonly TaskEntry[]): void {
    entries.forEach((entry, index) => {
      this.#entries[from + index] = entry;
    });
  }

  knows(task: number): boolean {
    return this.#entries[task] !== undefined;
  }

  name(task: number): string {
    return this.#entries[task]?.name ?? "";
  }

  /** Whether the function was sent as text. */
  isInline(task: number): boolean {
    return "text" in (this.#entries[task]?.source ?? {});
  }

  /** Gives a function that has been loaded before. */
  loaded(task: number): Callable | undefined {
    return this.#functions[task];
  }

  /** Loads the function of a task; an attempt that fails is made again by the next call. */
  async load(task: number): Promise<Callable> {
    const entry = this.#entries[task];
    if (entry === undefined) throw new Error(`task ${task} was never announced`);
    const { source, restore } = entry;
    const own = await loadTask(source);
    const fn = restore === undefined ? own : withContext(own, await loadTask(restore));
    this.#functions[task] = fn;
    return fn;
  }
}

/**
 * Finds the function that a source names.
 *
 * @throws {TypeError} When the module has no such function.
 */
export async function loadTask(source: TaskSource): Promise<Callable> {
  if ("text" in source) return compileInline(source);
  return loadExport(source, importModule);
}

/**
 * Puts `restore` around a task: the first of the arguments is what the caller's `capture` gave, the rest is the task's own.
 */
function withContext(task: Callable, restore: Callable): Callable {
  return (captured, ...args) => restore(captured, (): unknown => apply(task, undefined, args));
}

function importModule(url: string): Promise<unknown> {
  return moduleLoads.run<unknown>(url, () => {
    // What is CommonJS by its name needs no loader of ES modules, which would cost each worker time and memory.
    return url.startsWith("file:") && url.endsWith(".cjs") ? required(url) : importOrRequire(url);
  });
}

/**
 * Imports a module. Where Node does not know the kind of file, it is required: up to Node 20 the loaders for TypeScript (tsx,
 * ts-node, swc) reach the `require` of a worker, and not its `import`.
 */
async function importOrRequire(url: string): Promise<unknown> {
  try {
    return await import(url);
  } catch (error) {
    const code: unknown = types.isNativeError(error) ? Reflect.get(error, "code") : undefined;
    if (code !== "ERR_UNKNOWN_FILE_EXTENSION") throw error;
    try {
      return required(url);
    } catch (cause) {
      const told = new TypeError(
        `no loader of this worker takes ${url}; give it the loader that the program has, as in execArgv: ["--import", "tsx"]`,
        { cause },
      );
      throw Object.assign(told, { code });
    }
  }
}

function required(url: string): { default: unknown } {
  return { default: createRequire(url)(fileURLToPath(url)) };
}
