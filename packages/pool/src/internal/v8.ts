import type * as V8 from "node:v8";

const found: unknown = Reflect.get(globalThis.process, "getBuiltinModule");
const getBuiltinModule = found as NodeJS.Process["getBuiltinModule"];

/** The module `v8` of Node, which is loaded as it is first used: few calls need it, and every worker would pay for it at its start. */
export function v8(): typeof V8 {
  return getBuiltinModule("node:v8");
}
