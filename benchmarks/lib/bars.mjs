import { timesBetter } from "./summary.mjs";

/** So many times as much as the other is allowed. */
const atMost = (times) => 1 / times;

/**
 * What the engines must reach. `cell` is the id of one (default: each).
 * `atLeast` is how many times better than the best peer, or than the contender `against`; `below` is a plain limit.
 */
const bars = [
  { case: "burst-20k", metric: "rate", atLeast: 9 },
  { case: "burst-100k", metric: "rate", atLeast: 9 },
  { case: "objects-20k", metric: "rate", atLeast: 5 },
  { case: "in-flight", metric: "n64", atLeast: 5 },
  { case: "in-flight", metric: "n1024", atLeast: 10 },
  { case: "round-trip", metric: "p50", atLeast: 1, of: "concur-no-spin" },
  { case: "round-trip", metric: "p50", atLeast: 2 },
  { case: "round-trip", metric: "p99", atLeast: atMost(1.5) },
  { case: "round-trip-sync", metric: "p50", atLeast: 3, against: "synckit" },
  { case: "round-trip-sync", metric: "p50", atLeast: 1, against: "synckit", of: "concur-no-spin" },
  { case: "round-trip-sync", metric: "p99", atLeast: 1, against: "synckit" },
  { case: "round-trip-sync", metric: "first", atLeast: 1, against: "synckit" },
  { case: "map", metric: "us", atLeast: 25 },
  { case: "map", metric: "us", atLeast: 3, against: "python-processes" },
  { case: "stream", metric: "rate", atLeast: 10, against: "raw" },
  { case: "payload", metric: "clone 1 KB", atLeast: 1.3 },
  { case: "start-up", cell: "w30", metric: "first", atLeast: 1 },
  { case: "memory", metric: "mb", atLeast: 1 },
  { case: "uneven", metric: "first slowest", atLeast: 1 },
  { case: "uneven", metric: "middle slowest", atLeast: 1 },
  { case: "idle-cpu", metric: "percent", below: 0.5 },
  { case: "process-burst-20k", metric: "rate", atLeast: 8 },
  { case: "process-round-trip", metric: "mean", atLeast: 1.2 },
  { case: "process-map", metric: "us", atLeast: 20 },
  { case: "process-payload", metric: "16 MB", atLeast: 1.5 },
  { case: "cold-import", metric: "ms", atLeast: 1, against: "piscina" },
  { case: "cold-one-call", metric: "ms", atLeast: atMost(1.08) },
  { case: "cold-start-up", cell: "w1", metric: "first", atLeast: atMost(1.05) },
  { case: "cold-start-up", cell: "w4", metric: "first", atLeast: atMost(1.05) },
  { case: "cold-start-up", cell: "w4", metric: "all", atLeast: atMost(1.05) },
  { case: "cold-calls-2ms", metric: "ms", atLeast: atMost(1.02) },
  { case: "cold-burst-20k", metric: "ms", atLeast: 4.5 },
  { case: "cold-burst-20k", metric: "mb", atLeast: 1 },
  { case: "cold-map", metric: "ms", atLeast: 12 },
  { case: "cold-map", metric: "ms", atLeast: atMost(1.25), against: "chunks" },
  { case: "cold-map", metric: "ms", atLeast: 3, against: "python-processes" },
  { case: "cold-map", metric: "mb", atLeast: 1 },
  { case: "cold-process-one-call", metric: "ms", atLeast: atMost(1.08) },
];

function judge({ of, against, atLeast, below }, metric, usual) {
  const id = of ?? usual;
  const ours = metric.contenders[id]?.median;
  if (below !== undefined) {
    const text = `< ${below} ${metric.unit}`;
    return ours === undefined ? { text, id } : { text, id, ours, pass: ours < below };
  }
  const rival = against ?? metric.bestPeer;
  const theirs = metric.contenders[rival]?.median;
  const text = `≥ ${Number(atLeast.toFixed(2))} × ${against ?? "best peer"}`;
  if (ours === undefined || theirs === undefined) return { text, id };
  const times = timesBetter(metric.better, ours, theirs);
  return { text, id, ours, rival, theirs, times, pass: times >= atLeast };
}

/**
 * Gives the bars of one metric of one cell, each `{ text, id, ours?, rival?, theirs?, times?, pass? }`; without `pass` it
 * was not measured.
 *
 * @param ours - The contender that a bar is for which names none.
 */
export function judgeMetric(caseId, cellId, metricName, metric, ours) {
  return bars
    .filter(
      (bar) => bar.case === caseId && bar.metric === metricName && (bar.cell ?? cellId) === cellId,
    )
    .map((bar) => judge(bar, metric, ours));
}
