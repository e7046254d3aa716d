import { pythonContender } from "../lib/python.mjs";

export default pythonContender("processes", [
  "burst-20k",
  "round-trip",
  "map",
  "process-burst-20k",
  "process-round-trip",
  "process-map",
  "process-payload",
  "cold-one-call",
  "cold-burst-20k",
  "cold-map",
]);
