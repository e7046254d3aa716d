/** It may be taken away later, or not be there at all: it is V8's own. */
const capture = Reflect.get(Error, "captureStackTrace") as
  typeof Error.captureStackTrace | undefined;

/**
 * Notes the stack of here on an object, with so many frames at most: it becomes text when `stack` is read. Where the program
 * has frozen the limit, it is as long as that says.
 *
 * Never throws: a program may have frozen Error, or taken parts of it away.
 */
export function captureStack(target: object, frames: number): void {
  if (typeof capture !== "function") return;
  const isThere = Object.hasOwn(Error, "stackTraceLimit");
  const limit: unknown = Error.stackTraceLimit;
  // An assignment would throw where this gives false.
  const changed = Reflect.set(Error, "stackTraceLimit", frames);
  try {
    // Without a frame for this function itself.
    capture(target, captureStack);
  } catch {
    // An error without the place of its submission is better than none.
  }
  if (!changed) return;
  if (isThere) Reflect.set(Error, "stackTraceLimit", limit);
  else Reflect.deleteProperty(Error, "stackTraceLimit");
}

/** The file, as a path or URL, in which a function of ours was called; undefined where that cannot be told. */
export function callerOf(fn: (...args: never) => unknown): string | undefined {
  if (typeof capture !== "function") return undefined;
  const target: { stack?: unknown } = {};
  try {
    capture(target, fn);
  } catch {
    return undefined;
  }
  const frame = stackText(target)
    ?.split("\n")
    .find((line) => /^\s*at /.test(line));
  return fileOf(frame);
}

/** The file of a line of a stack. */
export function fileOf(frame: string | undefined): string | undefined {
  return /(?:\(|at (?:async )?)((?:file:|\/|[A-Za-z]:\\).*):\d+:\d+\)?$/.exec(frame ?? "")?.[1];
}

/**
 * Gives a stack that was noted as text. What a program has put in place of `Error.prepareStackTrace` runs here, may throw,
 * and may give anything at all.
 */
export function stackText(noted: { readonly stack?: unknown } | undefined): string | undefined {
  try {
    const stack = noted?.stack;
    return typeof stack === "string" ? stack : undefined;
  } catch {
    return undefined;
  }
}
