// Runs each example of the READMEs and compares what it prints with the output shown below it.
// An example is a ```js block followed by a ```text block; a js block alone is run as well, and must not fail.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const packages = readdirSync(join(root, "packages")).map((name) => join("packages", name));
// The first page shows @concur/pool, so its examples run where that package is known.
const pages = [
  { page: "README.md", home: "packages/pool" },
  // Both packages are known there.
  { page: "docs/finer-control.md", home: "packages/sync" },
];
for (const home of packages) pages.push({ page: join(home, "README.md"), home });

const example =
  /^```js\n(?<code>.*?)^```\n(?:\n*(?:[^`\n][^\n]*\n\n*)?^```text\n(?<output>.*?)^```\n)?/gms;
let run = 0;
let wrong = 0;
for (const { page, home } of pages) {
  const text = readFileSync(join(root, page), "utf8");
  for (const { groups, index } of text.matchAll(example)) {
    const line = text.slice(0, index).split("\n").length;
    // Inside the package, so that it can import itself by name as its users do.
    const folder = join(root, home, "dist", ".readme-example");
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `line-${line}.mjs`);
    writeFileSync(file, groups.code);
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], {
      encoding: "utf8",
      cwd: folder,
      timeout: 30_000,
    });
    rmSync(folder, { recursive: true, force: true });
    run += 1;
    const expected = groups.output ?? stdout;
    if (status === 0 && stdout === expected) continue;
    wrong += 1;
    console.error(
      `${page}:${line}: exit ${status}\n--- shown\n${expected}--- printed\n${stdout}${stderr}`,
    );
  }
}
console.log(`${run} examples of the READMEs were run, ${wrong} are wrong`);
process.exitCode = wrong === 0 && run > 0 ? 0 : 1;
