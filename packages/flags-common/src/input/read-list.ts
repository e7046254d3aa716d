import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { StoppedError, untilStopped } from "../shared/wait.js";
import { errorCode, errorMessage, systemMessage } from "../shared/failure-reason.js";

/** A file that was named on the command line and cannot be used; the message is one line. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** A list of a million addresses has less. What is larger is none: a device without an end, for one. */
const MAX_BYTES = 2 ** 28;

/** One line of a list that says something. */
export interface ListLine {
  readonly number: number;
  readonly text: string;
}

/**
 * Reads a text file, or stdin for `-`.
 *
 * @param signal - Ends the wait for a pipe into which nobody writes.
 * @throws {InputError} (as a rejection) When it cannot be read.
 * @throws {StoppedError} (as a rejection) When the signal aborts.
 */
export async function readInput(path: string, signal: AbortSignal): Promise<string> {
  try {
    if (path === "-") return await untilStopped(readText(process.stdin), signal);
    // Whatever else gives bytes will do, such as the pipe of a shell's <(...).
    if ((await stat(path)).isDirectory()) throw new Error("it is a folder");
    return await untilStopped(readText(createReadStream(path, { signal })), signal);
  } catch (error) {
    if (signal.aborted) {
      // Otherwise it would keep the program alive.
      if (path === "-") process.stdin.destroy();
      throw new StoppedError();
    }
    const reason = systemMessage(errorCode(error)) ?? errorMessage(error);
    throw new InputError(`cannot read ${path}: ${reason}`, { cause: error });
  }
}

async function readText(stream: Readable): Promise<string> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  const bytes: AsyncIterable<Uint8Array> = stream;
  let byteLength = 0;
  let text = "";
  for await (const chunk of bytes) {
    byteLength += chunk.length;
    if (byteLength > MAX_BYTES) throw new Error(`larger than ${MAX_BYTES / 2 ** 20} MiB`);
    decoder ??= new TextDecoder(encodingOf(chunk));
    text += decoder.decode(chunk, { stream: true });
  }
  return text + (decoder?.decode() ?? "");
}

/** What a shell of Windows writes to a file begins with the mark of UTF-16. */
function encodingOf([first, second]: Uint8Array): "utf-8" | "utf-16le" {
  return first === 0xff && second === 0xfe ? "utf-16le" : "utf-8";
}

/** Splits a list into its lines, as they are. */
export function rawLines(content: string): ListLine[] {
  return content
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .map((text, index) => ({ number: index + 1, text }));
}

/** Splits a list into its lines, without those that are empty or begin with `#`, and without blanks around. */
export function listLines(content: string): ListLine[] {
  return rawLines(content)
    .map(({ number, text }) => ({ number, text: text.trim() }))
    .filter(({ text }) => text !== "" && !text.startsWith("#"));
}
