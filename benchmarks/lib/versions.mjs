import { readFileSync } from "node:fs";

/** Gives the installed version of a dependency of this folder; not every package exports its manifest. */
export function installedVersion(name) {
  const manifest = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(manifest, "utf8")).version;
}
