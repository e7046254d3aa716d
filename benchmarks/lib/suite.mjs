// Runs the cases: per cell and round one process for each contender, one after the other.
import { findCase, kindOf } from "../cases/index.mjs";
import { runProcess } from "./process.mjs";
import { summariseMetric } from "./summary.mjs";

const EFFORT = { warmMs: 400, timedMs: 500, minRepetitions: 3, idleMs: 10_000 };
const QUICK_EFFORT = { warmMs: 100, timedMs: 150, minRepetitions: 1, idleMs: 2000 };
const PROCESS_LIMIT_MS = 60_000;

function canMeasure(contender, chosen) {
  if (contender.measures !== undefined) return contender.measures(chosen.id);
  if (kindOf(contender) !== kindOf(chosen)) return false;
  return chosen.supports === undefined || chosen.supports(contender);
}

/** Starts each round with another contender, so that none always runs behind the same neighbour. */
function rotated(list, by) {
  return [...list.slice(by % list.length), ...list.slice(0, by % list.length)];
}

async function runRound(chosen, jobs) {
  if (chosen.parallel) return Promise.all(jobs.map((job) => runProcess(job, PROCESS_LIMIT_MS)));
  const answers = [];
  for (const job of jobs) answers.push(await runProcess(job, PROCESS_LIMIT_MS));
  return answers;
}

async function runCell(chosen, cell, contenders, { rounds, effort, report }) {
  const able = Object.values(contenders).filter((one) => canMeasure(one, chosen));
  const values = Object.fromEntries(Object.keys(chosen.metrics).map((name) => [name, {}]));
  const errors = {};
  const time = { elapsedMs: 0, othersMs: 0 };
  for (let i = 0; i < rounds && able.length > 0; i++) {
    report(`${chosen.title}, ${cell.title}: round ${i + 1} of ${rounds}`);
    const jobs = rotated(able, i).map((contender) => ({
      caseId: chosen.id,
      cell,
      contenderId: contender.id,
      effort,
    }));
    const answers = await runRound(chosen, jobs);
    answers.forEach(({ metrics, error, elapsedMs, othersMs }, k) => {
      const { contenderId } = jobs[k];
      if (error !== undefined) {
        (errors[contenderId] ??= []).push(error);
        return;
      }
      time.elapsedMs += elapsedMs;
      time.othersMs += othersMs;
      for (const [name, value] of Object.entries(metrics)) {
        (values[name][contenderId] ??= []).push(value);
      }
    });
  }
  const metrics = {};
  for (const [name, metric] of Object.entries(chosen.metrics)) {
    if (Object.keys(values[name]).length === 0) continue;
    const inOrder = Object.fromEntries(
      able.flatMap(({ id }) => (values[name][id] ? [[id, values[name][id]]] : [])),
    );
    metrics[name] = summariseMetric(metric, inOrder, contenders);
  }
  return { result: { title: cell.title, workers: cell.workers, metrics, errors }, time };
}

/**
 * Runs all cases of the options.
 *
 * @param contenders - By id: what `loadContender` gave.
 * @param report - Called with a line of text before each round.
 * @returns By id of the case: `{ title, about, runsIn, seconds, othersCores, cells }`.
 */
export async function runSuite(options, contenders, report) {
  const effort = options.quick ? QUICK_EFFORT : EFFORT;
  const results = {};
  for (const id of options.caseIds) {
    const chosen = findCase(id);
    const rounds = chosen.rounds?.(options.rounds) ?? options.rounds;
    const start = performance.now();
    const cells = {};
    let elapsedMs = 0;
    let othersMs = 0;
    for (const cell of chosen.cells(options)) {
      const { result, time } = await runCell(chosen, cell, contenders, { rounds, effort, report });
      cells[cell.id] = result;
      elapsedMs += time.elapsedMs;
      othersMs += time.othersMs;
    }
    // Side by side, one contender's work is another's noise: nothing to be said then.
    const othersCores =
      chosen.parallel || !(elapsedMs > 0 && Number.isFinite(othersMs))
        ? null
        : Number((othersMs / elapsedMs).toFixed(2));
    const seconds = Math.round((performance.now() - start) / 1000);
    results[id] = {
      title: chosen.title,
      about: chosen.about,
      runsIn: kindOf(chosen),
      seconds,
      othersCores,
      cells,
    };
  }
  return results;
}
