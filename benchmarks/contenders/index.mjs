// All contenders by id, in the order of the table's columns.
//
// A contender is { id, name, version, kind, runsIn?, create({ workers, bytes }) }, where `create` makes a pool, for
// calls with `bytes` if that is true:
//   run(name, arg, transfer?)  calls one function of tasks/functions.cjs; gives a promise
//   map?(name, items)          calls it once per item, when the library has a way of its own; gives a promise of an array
//   start?(name, arg)          the same as run for a call that will be killed; gives { result, kill() }
//   close()                    ends the pool
// `kind` is "ours", "peer" (a Node library: the best of these is what we are compared with) or "reference".
// `runsIn` is "threads", unless it is said to be "processes".
// `movesResults: false` says that results cannot be transferred, `kills: false` that a running call cannot be stopped.
//   runSync?(name, arg)        the same as run, but blocks; `blocks: true` says that there is one
//   iterate?(name, items)      the library's own map over any iterable; gives its async iterable
// `iterates: true` and `streams: true` say that there are such.
// `measures(caseId)` says that it takes part in some cases only; a contender outside Node has `measure(caseId, cell, effort)`
// instead of `create`, too.
const loaders = {
  concur: () => import("./concur.mjs"),
  "concur-no-spin": () => import("./concur-no-spin.mjs"),
  workerpool: () => import("./workerpool.mjs"),
  piscina: () => import("./piscina.mjs"),
  tinypool: () => import("./tinypool.mjs"),
  poolifier: () => import("./poolifier.mjs"),
  "jest-worker": () => import("./jest-worker.mjs"),
  raw: () => import("./raw.mjs"),
  chunks: () => import("./chunks.mjs"),
  "no-pool": () => import("./no-pool.mjs"),
  synckit: () => import("./synckit.mjs"),
  "concur-processes": () => import("./concur-processes.mjs"),
  "workerpool-processes": () => import("./workerpool-processes.mjs"),
  "tinypool-processes": () => import("./tinypool-processes.mjs"),
  "poolifier-cluster": () => import("./poolifier-cluster.mjs"),
  "jest-worker-processes": () => import("./jest-worker-processes.mjs"),
  "python-threads": () => import("./python-threads.mjs"),
  "python-processes": () => import("./python-processes.mjs"),
};

export const contenderIds = Object.keys(loaders);

/** Loads one contender; rejects when its library is not there. */
export async function loadContender(id) {
  const { default: contender } = await loaders[id]();
  return { id, ...contender };
}
