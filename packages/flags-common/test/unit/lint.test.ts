import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";

// What is asked by its class may be of another realm, as under jest: the rule that forbids it is tried as it holds for a
// file of each package, on a line for each class.
const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const FILES = [
  "packages/flags-common/src/shared/wait.ts",
  "packages/flag-server/src/failures.ts",
  "packages/algorithms/src/index.ts",
];
const CLASSES = ["Error", "TypeError", "AggregateError", "Array", "Map", "Promise", "RegExp"];
const BYTES = ["Uint8Array", "BigInt64Array", "Buffer", "ArrayBuffer", "SharedArrayBuffer"];
const OTHERS = ["URL", "AbortSignal", "EventTarget", "DOMException", "Response"];
const BUILT_IN = [...CLASSES, ...BYTES, ...OTHERS];

/** Without the rules that ask for types: they would read all of the package. */
const PROGRAM = `
import { ESLint, Linter } from "eslint";
const [names, ...files] = JSON.parse(process.argv[1]);
const eslint = new ESLint();
const text = names.map((name) => "value instanceof " + name + ";").join("\\n");
const refused = [];
for (const file of files) {
  const { rules } = await eslint.calculateConfigForFile(file);
  const syntax = { "no-restricted-syntax": rules["no-restricted-syntax"] };
  const messages = new Linter().verify(text, [{ rules: syntax }]);
  refused.push(messages.map(({ line }) => names[line - 1]));
}
console.log(JSON.stringify(refused));
`;

test("no built-in class stands behind instanceof", () => {
  const input = JSON.stringify([[...BUILT_IN, "DestinationError"], ...FILES]);
  const args = ["--input-type=module", "--eval", PROGRAM, input];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" });
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual(FILES.map(() => BUILT_IN));
});
