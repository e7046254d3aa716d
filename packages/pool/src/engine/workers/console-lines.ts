import { reportCallbackError } from "../../internal/callback-error.js";
import type { Printed } from "../shared/messages.js";

/** A line that a worker printed. */
export interface ConsoleLine {
  readonly stream: "stdout" | "stderr";
  /** The line, without its end. */
  readonly text: string;
  readonly workerId: number;
  /** The name of the call that printed it; undefined outside calls, as in an initializer. */
  readonly name: string | undefined;
}

/** Gives whole lines to `onConsole`, or else lets this process print them. */
export function forwardLines(
  onConsole: ((line: ConsoleLine) => void) | undefined,
  workerId: number,
  { stream, text, name }: Printed,
): void {
  if (onConsole === undefined) {
    try {
      process[stream].write(text);
    } catch (error) {
      // What writes there may be a function of the program's own.
      reportCallbackError(`process.${stream}`, error);
    }
    return;
  }
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  for (const line of lines) {
    try {
      onConsole({ stream, text: line, workerId, name });
    } catch (error) {
      reportCallbackError("onConsole", error);
    }
  }
}
