import { median } from "./statistics.mjs";

/** How many times better a is than b; above 1 is better. */
export function timesBetter(better, a, b) {
  return better === "higher" ? a / b : b / a;
}

function round(value) {
  return Number(value.toPrecision(5));
}

/** Puts the rounds of one metric together: `{ median, best, worst, rounds }`. */
function summarise(better, rounds) {
  const lowest = Math.min(...rounds);
  const highest = Math.max(...rounds);
  return {
    median: round(median(rounds)),
    best: round(better === "higher" ? highest : lowest),
    worst: round(better === "higher" ? lowest : highest),
    rounds: rounds.map(round),
  };
}

/** Gives the id of the best peer by median; undefined when none was measured. */
function bestPeer(better, summaries, contenders) {
  const peers = Object.keys(summaries).filter((id) => contenders[id].kind === "peer");
  return peers.reduce(
    (best, id) =>
      best === undefined || timesBetter(better, summaries[id].median, summaries[best].median) > 1
        ? id
        : best,
    undefined,
  );
}

/**
 * Puts one metric of one cell together.
 *
 * @param rounds - By contender: the values of its rounds.
 * @returns `{ title, unit, better, bestPeer, ratios, contenders }`; the ratios say how many times better ours are
 *   than the best peer.
 */
export function summariseMetric({ title, unit, better }, rounds, contenders) {
  const summaries = Object.fromEntries(
    Object.entries(rounds).map(([id, values]) => [id, summarise(better, values)]),
  );
  const best = bestPeer(better, summaries, contenders);
  const ours = Object.keys(summaries).filter((id) => contenders[id].kind === "ours");
  const ratios = {};
  if (best !== undefined) {
    for (const id of ours) {
      ratios[id] = round(timesBetter(better, summaries[id].median, summaries[best].median));
    }
  }
  return { title, unit, better, bestPeer: best, ratios, contenders: summaries };
}
