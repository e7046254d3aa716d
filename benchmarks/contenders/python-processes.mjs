import { pythonContender } from "../lib/python.mjs";

export default pythonContender("processes", ["burst-20k", "round-trip", "map"]);
