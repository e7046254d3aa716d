import { roundTripCase } from "../lib/round-trip.mjs";

export default roundTripCase({ id: "round-trip", runsIn: "threads", workers: 1 });
