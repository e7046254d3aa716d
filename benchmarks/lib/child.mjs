// One process of the benchmark: measures one cell of one case with one contender and prints the answer.
// The argument is the job as JSON.
import { loadContender } from "../contenders/index.mjs";
import { printAnswer } from "./answer.mjs";
import { ownCpuMs } from "./cpu.mjs";

const { caseId, cell, contenderId, effort } = JSON.parse(process.argv[2]);
const start = performance.now();
const contender = await loadContender(contenderId);
const loadedMs = performance.now() - start;
// Not before: what it loads would be loaded when the contender asks for it.
const { findCase } = await import("../cases/index.mjs");
const metrics = contender.measure
  ? await contender.measure(caseId, cell, effort)
  : await findCase(caseId).measure(contender, cell, { ...effort, loadedMs });
const answer = { metrics, cpuMs: ownCpuMs() };
// Some libraries leave timers or workers behind, and what was to be measured is measured.
process.stdout.write(printAnswer(answer), () => process.exit(0));
