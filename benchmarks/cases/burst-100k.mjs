import { burstCase } from "../lib/burst.mjs";

export default burstCase({
  id: "burst-100k",
  title: "100 000 at once",
  about: "100 000 calls that give their number back, handed in at once",
  n: 100_000,
  kind: "numbers",
  slow: true,
});
