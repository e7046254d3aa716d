import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";

/** A frame may show a line of a bundle, which is all of it. */
const MAX_COLUMNS = 400;

/** Shows what failed, in colours where they are seen. */
function shown(message) {
  const text = process.stdout.isTTY ? message : stripVTControlCharacters(message);
  return text
    .split("\n")
    .map((line) => (line.length > MAX_COLUMNS ? `${line.slice(0, MAX_COLUMNS)}...` : line))
    .join("\n");
}

const isSkipped = ({ status }) =>
  status === "pending" || status === "todo" || status === "disabled";

/**
 * A line for each test file; at the end what failed, what was skipped and why, and the totals. Nothing else: whoever reads
 * the last screen of a run knows all there is to know.
 */
export default class TestReporter {
  #root;
  #failures = [];
  #skipped = [];
  #done = 0;

  constructor({ rootDir }) {
    this.#root = rootDir;
  }

  onRunStart({ numTotalTestSuites }) {
    this.#print(`${numTotalTestSuites} test files`);
  }

  onTestResult(_test, result, { numTotalTestSuites }) {
    this.#done += 1;
    const file = relative(this.#root, result.testFilePath);
    const { numFailingTests, numPassingTests, testExecError, perfStats } = result;
    const hasFailed = numFailingTests > 0 || testExecError !== undefined;
    const place = `[${String(this.#done).padStart(String(numTotalTestSuites).length)}/${numTotalTestSuites}]`;
    const counts = hasFailed ? `${numFailingTests || "all"} FAILED` : `${numPassingTests} passed`;
    this.#print(`${place} ${file}: ${counts}, ${(perfStats.runtime / 1000).toFixed(1)} s`);
    for (const { status, fullName } of result.testResults) {
      if (status === "failed") this.#print(`  failed: ${fullName}`);
    }
    if (hasFailed) this.#failures.push({ file, message: result.failureMessage ?? "" });
    for (const test of result.testResults.filter(isSkipped)) {
      this.#skipped.push(`${file}: ${test.fullName}`);
    }
  }

  onRunComplete(_contexts, results) {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = results;
    for (const { file, message } of this.#failures) {
      this.#print(`\nFAILED ${file}\n\n${shown(message)}`);
    }
    if (this.#skipped.length > 0) {
      this.#print(`\nSkipped:\n${this.#skipped.map((name) => `  ${name}`).join("\n")}`);
    }
    if (this.#failures.length > 0) {
      this.#print(`\nFailed:\n${this.#failures.map(({ file }) => `  ${file}`).join("\n")}`);
    }
    const failed = numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = numPendingTests + numTodoTests;
    this.#print(`\n${numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
  }

  getLastError() {
    return undefined;
  }

  #print(line) {
    process.stdout.write(`${line}\n`);
  }
}
