import { execFile, execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const script = fileURLToPath(new URL("../tasks/python_contender.py", import.meta.url));
const run = promisify(execFile);

/** Makes the contender for one executor of Python's concurrent.futures; throws when there is no python3. */
export function pythonContender(executor, cases) {
  const version = execFileSync("python3", ["--version"], { encoding: "utf8" });
  return {
    name: `python ${executor}`,
    version: version.trim().replace(/^Python /, ""),
    kind: "reference",
    measures: (caseId) => cases.includes(caseId),
    async measure(caseId, cell, effort) {
      const job = JSON.stringify({ case: caseId, executor, cell, effort });
      const { stdout } = await run("python3", [script, job]);
      return JSON.parse(stdout);
    },
  };
}
