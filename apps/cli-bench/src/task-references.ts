import { importTasks } from "@concur/pool";

/** The tasks of this program. They stand in a file of their own beside the built program, which workers can load. */
export const tasks = importTasks<typeof import("./tasks.js")>(
  new URL("./tasks.js", import.meta.url),
);
