import { realpathSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { getEnvironmentData, setEnvironmentData } from "node:worker_threads";
import { MOST_NESTED } from "../tuning.js";

/** Where a worker stands below the program. */
export interface Nesting {
  /** 1 for a worker of the program itself, 2 for one that a task of such a worker has made, and so on. */
  readonly depth: number;
  /** The address of the program's main file, where there is one. */
  readonly program: string | undefined;
}

/** Node hands it on to every thread that this one makes, so it is known in threads of others below a worker as well. */
const KEY = "@concur/pool.nesting";

/** What this worker knows of itself; undefined in the program, and in threads that it made in other ways. */
function ownNesting(): Nesting | undefined {
  return getEnvironmentData(KEY) as Nesting | undefined;
}

/** What the workers that this thread makes are told. */
export function nestingBelow(): Nesting {
  const own = ownNesting();
  return own === undefined
    ? { depth: 1, program: mainFile() }
    : { depth: own.depth + 1, program: own.program };
}

/** Lets a worker know where it stands, before it loads anything of the user's. */
export function enterWorker({ depth, program }: Nesting): void {
  setEnvironmentData(KEY, { depth, program });
}

/** Whether this thread may have no workers: so many programs start one another by mistake. */
export function isTooDeep(): boolean {
  return (ownNesting()?.depth ?? 0) >= MOST_NESTED;
}

/** Whether a module is the main file of the program that all workers are of, which starts again as one of them loads it. */
export function isProgram(module: string): boolean {
  return module === ownNesting()?.program;
}

function mainFile(): string | undefined {
  const path = process.argv[1];
  if (path === undefined) return undefined;
  try {
    // As the loader of ES modules names it.
    return pathToFileURL(realpathSync(path)).href;
  } catch {
    // It was started without its extension, or may not be looked for.
    return undefined;
  }
}
