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
  // Without a frame for this function itself.
  withSetting("stackTraceLimit", frames, () => capture?.(target, captureStack));
}

/** The file, as a path or URL, in which a function of ours was called; undefined where that cannot be told. */
export function callerOf(fn: (...args: never) => unknown): string | undefined {
  const target: { stack?: unknown } = {};
  let text: string | undefined;
  withSetting("stackTraceLimit", 1, () => capture?.(target, fn));
  // As V8 writes it, whatever the program makes of its own stacks.
  withSetting("prepareStackTrace", undefined, () => {
    text = stackText(target);
  });
  return fileOf(text?.split("\n").find((line) => /^\s*at /.test(line)));
}

/** Runs something while Error has another setting, if it can be changed. What that throws is left alone. */
function withSetting(name: string, value: unknown, run: () => void): void {
  const isThere = Object.hasOwn(Error, name);
  const before: unknown = Reflect.get(Error, name);
  // An assignment would throw where this gives false.
  const changed = Reflect.set(Error, name, value);
  try {
    run();
  } catch {
    // An error without the place of its submission is better than none.
  }
  if (!changed) return;
  if (isThere) Reflect.set(Error, name, before);
  else Reflect.deleteProperty(Error, name);
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
