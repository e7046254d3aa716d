import { roundTripCase } from "../lib/round-trip.mjs";

export default roundTripCase({ id: "process-round-trip", runsIn: "processes", workers: 2 });
