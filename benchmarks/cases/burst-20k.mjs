import { burstCase } from "../lib/burst.mjs";

export default burstCase({
  id: "burst-20k",
  title: "20 000 at once",
  about: "20 000 calls that give their number back, handed in at once",
  n: 20_000,
  kind: "numbers",
});
