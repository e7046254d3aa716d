import { burstCase } from "../lib/burst.mjs";

export default burstCase({
  id: "process-burst-20k",
  runsIn: "processes",
  title: "20 000 at once",
  about: "20 000 calls that give their number back, handed in at once",
  n: 20_000,
  kind: "numbers",
});
