// All cases by id, in the order of the table.
//
// A case is { id, title, about, metrics, cells(plan), measure(contender, cell, effort) }:
//   runsIn    "threads" or "processes": the contenders that do so take part; "threads" when it is not said
//   metrics   what `measure` can give: by name { title, unit, better: "higher" | "lower" }
//   cells     the settings to measure: [{ id, title, workers, ... }]; the plan says { quick, workers? }
//   measure   runs in a process of its own
//   supports? (contender) => boolean, when not every contender can do it
//   rounds?   (asked) => number of rounds, when the usual one does not fit
//   slow?     true: a quick run does without, unless it is asked for
//   parallel? all contenders at the same time
//   cold?     true: belongs to the cold half, which `--cold` runs
import { coldCases } from "./cold/index.mjs";
import burst100k from "./burst-100k.mjs";
import burst20k from "./burst-20k.mjs";
import idleCpu from "./idle-cpu.mjs";
import inFlight from "./in-flight.mjs";
import kill from "./kill.mjs";
import map from "./map.mjs";
import memory from "./memory.mjs";
import objects20k from "./objects-20k.mjs";
import payload from "./payload.mjs";
import processBurst20k from "./process-burst-20k.mjs";
import processMap from "./process-map.mjs";
import processPayload from "./process-payload.mjs";
import processRoundTrip from "./process-round-trip.mjs";
import roundTrip from "./round-trip.mjs";
import roundTripSync from "./round-trip-sync.mjs";
import startUp from "./start-up.mjs";
import stream from "./stream.mjs";
import uneven from "./uneven.mjs";

export const cases = [
  burst20k,
  burst100k,
  objects20k,
  inFlight,
  roundTrip,
  roundTripSync,
  map,
  stream,
  payload,
  startUp,
  memory,
  kill,
  uneven,
  idleCpu,
  processBurst20k,
  processRoundTrip,
  processMap,
  processPayload,
  ...coldCases,
];

/** Says whether a case, or a contender, is about "threads" or "processes". */
export function kindOf({ runsIn = "threads" }) {
  return runsIn;
}

export function findCase(id) {
  return cases.find((candidate) => candidate.id === id);
}
