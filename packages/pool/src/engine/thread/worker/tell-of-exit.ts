import { encodeThrown } from "../../../codec/encode-error.js";
import { setImmediate } from "../../../internal/platform.js";
import type { ParentLine } from "./parent-line.js";

/**
 * Tells the parent how this thread ends. Node does so, too, but by the parent's event loop, which may stand still until it is told.
 */
export function tellOfExit(line: ParentLine): void {
  let last: { readonly error: unknown } | undefined;
  process.on("uncaughtExceptionMonitor", (error: unknown) => {
    last = { error };
    // Somebody may catch it after all: then this thread goes on.
    setImmediate(() => {
      last = undefined;
    });
  });
  process.once("exit", (code) => {
    line.exits(code);
    if (last === undefined) return;
    try {
      line.say({ kind: "uncaught", error: encodeThrown(last.error) });
    } catch {
      // To read it runs code of users. The thread ends as it would have without this.
    }
  });
}
