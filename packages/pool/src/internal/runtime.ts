/** Whether this is a program of another runtime, which has modules of the same names as Node's and not all that is in them. */
function isRuntime(name: string): boolean {
  return Reflect.has(process.versions, name);
}

export const isBun = isRuntime("bun");
export const isDeno = isRuntime("deno");
