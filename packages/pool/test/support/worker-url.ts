import { fileURLToPath } from "node:url";

/** Stands in for src/engine/workers/worker-url.ts, whose neighbours exist only once they are built. */
export function besideThisFile(name: string): string {
  return fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));
}
