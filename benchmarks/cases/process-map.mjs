import { mapCase } from "../lib/map.mjs";

export default mapCase({ id: "process-map", runsIn: "processes" });
