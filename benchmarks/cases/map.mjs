import { mapCase } from "../lib/map.mjs";

export default mapCase({ id: "map", runsIn: "threads" });
