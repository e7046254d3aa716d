import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { compileFunction, constants } from "node:vm";
import { apply } from "../../internal/platform.js";
import { loadExport, type Callable } from "../../task-loader.js";
import type { TaskSource } from "../../task.js";
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
  if ("text" in source) return compile(source.text);
  return loadExport(source, importModule);
}

/**
 * Puts `restore` around a task: the first of the arguments is what the caller's `capture` gave, the rest is the task's own.
 */
function withContext(task: Callable, restore: Callable): Callable {
  return (captured, ...args) => restore(captured, (): unknown => apply(task, undefined, args));
}

/** What is CommonJS by its name needs no loader of ES modules, which would cost each worker time and memory. */
function importModule(url: string): Promise<unknown> {
  return moduleLoads.run<unknown>(
    !url.startsWith("file:") || !url.endsWith(".cjs")
      ? () => import(url)
      : () => ({ default: createRequire(url)(fileURLToPath(url)) as unknown }),
  );
}

/** Makes a function of its text, in the global scope: it can use what it declares, imports, or finds there. */
function compile(text: string): Callable {
  // Compilers that keep names (esbuild, tsx) leave calls of a helper in the text.
  const program = `"use strict"; const __name = (fn) => fn; return (${text});`;
  const evaluate = compileFunction(program, [], {
    filename: "inline-task.js",
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }) as () => Callable;
  return evaluate();
}
