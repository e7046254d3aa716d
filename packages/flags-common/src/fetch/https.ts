/** Gives node:https. Loaded only when it is needed: with all of TLS it would be a good part of a short run. */
export function https(): typeof import("node:https") {
  return process.getBuiltinModule("node:https");
}
