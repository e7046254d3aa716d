let watching = false;
let exiting = false;

/** Begins to watch for the end of the process; without a listener of our own nobody would tell us. */
export function watchProcessExit(): void {
  if (watching) return;
  watching = true;
  // First in line, so that the program's own exit listeners find executors closed already.
  process.prependListener("exit", () => {
    exiting = true;
  });
}

/** Says whether the process is in its exit listeners, where nothing asynchronous will ever run. */
export function isProcessExiting(): boolean {
  return exiting;
}
