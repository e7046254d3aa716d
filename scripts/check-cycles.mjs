// Fails where modules import one another in a circle. ESLint's rule does not count imports of types, and a circle of those is one
// for whoever reads the code all the same.
//
//   node scripts/check-cycles.mjs
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("..", import.meta.url));
const folders = ["packages", "apps"].flatMap((place) =>
  readdirSync(join(root, place)).map((name) => join(root, place, name, "src")),
);

const graph = new Map();
for (const folder of folders) {
  for (const name of filesIn(folder)) {
    const file = join(folder, name);
    graph.set(file, importsOf(file));
  }
}
const circles = [...groupsIn(graph)].filter((group) => group.length > 1);
for (const circle of circles) {
  console.error(
    `these import one another:\n${circle.map((file) => `  ${relative(root, file)}`).join("\n")}`,
  );
}
if (circles.length > 0) process.exit(1);
console.log(`${graph.size} modules, no circle`);

function filesIn(folder) {
  try {
    return readdirSync(folder, { recursive: true }).filter((name) => /(?<!\.d)\.ts$/.test(name));
  } catch {
    return [];
  }
}

/** The modules of the same package that a module imports, for values or for types. */
function importsOf(file) {
  const { importedFiles } = ts.preProcessFile(readFileSync(file, "utf8"), true, true);
  return importedFiles
    .filter(({ fileName }) => fileName.startsWith("."))
    .map(({ fileName }) => resolve(dirname(file), fileName).replace(/\.js$/, ".ts"));
}

/** The strongly connected groups of a graph, by Tarjan's algorithm. */
function* groupsIn(edges) {
  const numbers = new Map();
  const lowest = new Map();
  const stack = [];
  const found = [];
  const visit = (node) => {
    numbers.set(node, numbers.size);
    lowest.set(node, numbers.get(node));
    stack.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!edges.has(next)) continue;
      if (!numbers.has(next)) visit(next);
      if (stack.includes(next)) lowest.set(node, Math.min(lowest.get(node), lowest.get(next)));
    }
    if (lowest.get(node) === numbers.get(node)) found.push(stack.splice(stack.indexOf(node)));
  };
  for (const node of edges.keys()) if (!numbers.has(node)) visit(node);
  yield* found;
}
