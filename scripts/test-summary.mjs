// Adds up what the test runs of the packages left behind, and prints one closing line.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = new URL("..", import.meta.url).pathname;
const totals = { passed: 0, failed: 0, skipped: 0 };
for (const group of ["packages", "apps"]) {
  for (const name of readdirSync(join(root, group))) {
    const results = join(root, group, name, "coverage", "test-results.json");
    const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } =
      JSON.parse(readFileSync(results, "utf8"));
    console.log(`${name}: ${numPassedTests} passed, ${numFailedTests} failed`);
    totals.passed += numPassedTests;
    totals.failed += numFailedTests + numRuntimeErrorTestSuites;
    totals.skipped += numPendingTests;
  }
}
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = totals.failed === 0 && totals.passed > 0 ? 0 : 1;
