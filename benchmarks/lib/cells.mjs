/** Gives one cell per number of workers: those asked for on the command line, or else the case's own. */
export function cellsPerWorkers(plan, own, rest) {
  return (plan.workers ?? own).map((workers) => ({
    id: `w${workers}`,
    title: `${workers} worker${workers === 1 ? "" : "s"}`,
    workers,
    ...rest,
  }));
}
