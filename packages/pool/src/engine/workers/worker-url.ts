import { fileURLToPath } from "node:url";

/**
 * The path of a file beside the one that this is built into. Undefined where a bundler has left no address: those that make
 * CommonJS do.
 */
export function besideThisFile(name: string): string | undefined {
  const here = import.meta.url as string | undefined;
  if (here === undefined) return undefined;
  return fileURLToPath(new URL(`./${name}`, here));
}
