import { pythonContender } from "../lib/python.mjs";

export default pythonContender("threads", [
  "burst-20k",
  "burst-100k",
  "objects-20k",
  "in-flight",
  "round-trip",
  "map",
]);
