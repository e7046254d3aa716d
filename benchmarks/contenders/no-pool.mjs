import functions from "../tasks/functions.cjs";

/** The same work in one loop on the caller's thread. */
export default {
  name: "no pool",
  version: process.versions.node,
  kind: "reference",
  measures: (caseId) => caseId === "cold-map" || caseId === "cold-real-work",
  create: () => ({
    map: (name, items) => items.map(functions[name]),
    close: () => undefined,
  }),
};
