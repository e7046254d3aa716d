import { burstCase } from "../lib/burst.mjs";

export default burstCase({
  id: "objects-20k",
  title: "20 000 objects at once",
  about: "20 000 calls that give a small object back, handed in at once",
  n: 20_000,
  kind: "objects",
});
