// The tasks by name: nothing of their module is loaded here.
import { importTasks } from "@concur/pool";

export const {
  initialize,
  inContext,
  echo,
  echoAsync,
  copyAndSpoil,
  copyInside,
  second,
  pair,
  fromInitializer,
  fromContext,
  yieldAll,
  collect,
  report,
  throwWith,
} = importTasks(new URL("tasks.mjs", import.meta.url));
