/**
 * Names what a program proves, and the kinds of executors for which it is run.
 *
 * Scenarios of one file share a process as long as they hold, unless one wants it `alone`. `flags` are for Node;
 * `ulimit` bounds the open files.
 */
export function scenario(title, kinds, run, { alone = false, flags = [], ulimit } = {}) {
  return {
    title,
    kinds,
    run,
    flags,
    ulimit,
    alone: alone || flags.length > 0 || ulimit !== undefined,
  };
}
