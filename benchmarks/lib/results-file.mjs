import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = new URL("../results/", import.meta.url);
const LINE = 100;

/** Writes JSON with lists of plain values on one line, as the formatter of this repository wants it. */
function toJson(value) {
  return `${JSON.stringify(value, null, 2).replace(/\[\n([^[\]{}]*?)\n *\]/g, (block, inside) => {
    const line = `[${inside.trim().replace(/,\n\s*/g, ", ")}]`;
    return line.length <= LINE / 2 ? line : block;
  })}\n`;
}

/** Saves the results under the date and the commit, beside earlier ones of the same day; gives the path. */
export function saveResults(results) {
  mkdirSync(folder, { recursive: true });
  const name = `${results.date.slice(0, 10)}-${results.commit}`;
  let file = new URL(`${name}.json`, folder);
  for (let i = 2; existsSync(file); i++) file = new URL(`${name}-${i}.json`, folder);
  writeFileSync(file, toJson(results));
  return fileURLToPath(file);
}
