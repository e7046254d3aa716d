import { fetchFile, type FileAnswer, type Timing, type Validators } from "../fetch/fetch-file.js";
import type { FlagClient } from "../fetch/flag-client.js";
import type { Failure } from "../fetch/flag-result.js";
import { DestinationError } from "../save/destination-error.js";
import { readPartial, removePartial, writePartial } from "../save/partial-file.js";
import { saveFlag } from "../save/save-flag.js";
import { sha256Of } from "../shared/sha256.js";

/** One try to download one file. Plain data: it can be sent to another thread or process. */
export interface AttemptRequest {
  /** An http or https address. */
  readonly url: string;
  /** An existing folder, see `prepareDestination`. */
  readonly directory: string;
  /** A plain file name such as `br.gif`. */
  readonly fileName: string;
  /** What the body must be: a whole GIF, or anything that is as long as announced. */
  readonly expect: "gif" | "anything";
  /** Milliseconds that are left for this file. */
  readonly remainingMs: number;
  /** The SHA-256 that the file must have, in lower-case hexadecimal. */
  readonly sha256?: string | undefined;
  /** The version that is there already: the file is fetched only if the server has another one. */
  readonly known?: Validators | undefined;
  /** Whether to go on where an earlier try broke off, and to keep what comes until this one does. */
  readonly resume: boolean;
}

/** A file that was saved by this try. */
export interface AttemptSaved extends Validators {
  readonly status: "ok";
  readonly byteLength: number;
  readonly sha256: string;
  /** How many of the bytes were there from an earlier try; not there when none were. */
  readonly resumedBytes?: number;
}

/** What one try came to. Plain data: it can be sent between threads and processes. */
export type AttemptResult = (
  AttemptSaved | { readonly status: "notModified" } | { readonly status: "notFound" } | Failure
) &
  Timing;

/** What a try uses beside its request. */
export interface AttemptTools {
  /** Connections and limits shared with other downloads. */
  readonly client: FlagClient;
  /** Aborting it ends the try at once, with the code `INTERRUPTED`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Fetches one file once and saves it. It is `ok` only when the whole, checked file is there.
 *
 * What goes wrong is an answer, not an exception; a file that cannot be written has the code `CANNOT_SAVE`.
 * Request and result are plain data, so it can be a task of a worker thread, where each thread has a client of
 * its own and the signal is that of the task. The counterpart of `download_one` in the Python programs.
 *
 * @throws {TypeError} (as a rejection) When `fileName` leads out of the folder.
 * @example
 * using client = createFlagClient();
 * const result = await attemptDownload(
 *   { url: "http://localhost:8001/flags/br/br.gif", directory: "downloads", fileName: "br.gif",
 *     expect: "gif", remainingMs: 30_000, resume: false },
 *   { client },
 * );
 * result.status; // => "ok"
 */
export async function attemptDownload(
  request: AttemptRequest,
  tools: AttemptTools,
): Promise<AttemptResult> {
  const answer = request.resume ? await resume(request, tools) : await fetchOnce(request, tools);
  if (answer.status !== "ok") return answer;
  const { bytes, etag, lastModified, ...timing } = answer;
  const sha256 = sha256Of(bytes);
  const failure =
    request.sha256 === undefined || request.sha256 === sha256
      ? await save(request, bytes)
      : fail("CHECKSUM", "SHA-256 is not the one of the manifest");
  if (failure !== undefined) return { ...timing, ...failure };
  return {
    ...timing,
    byteLength: bytes.length,
    sha256,
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
  };
}

type Beginning = Awaited<ReturnType<typeof readPartial>>;

function fetchOnce(
  request: AttemptRequest,
  { client, signal }: AttemptTools,
  beginning?: Beginning,
): Promise<FileAnswer> {
  const { url, expect, remainingMs, known, resume: keepsPartial } = request;
  const file = { url: new URL(url), expect, remainingMs, known, beginning, keepsPartial };
  return fetchFile(file, client, signal);
}

async function resume(request: AttemptRequest, tools: AttemptTools): Promise<FileAnswer> {
  const { directory, fileName, url } = request;
  const beginning = await readPartial(directory, fileName, url);
  const first = await fetchOnce(request, tools, beginning);
  // The beginning is as long as the file, or longer: it cannot be one of this file.
  const isUseless = beginning !== undefined && first.status === "error" && first.httpStatus === 416;
  const answer = isUseless ? await fetchOnce(request, tools) : first;
  if (answer.status !== "error") {
    if (beginning !== undefined) await removePartial(directory, fileName);
    return answer;
  }
  const { partial, ...failure } = answer;
  if (partial !== undefined) await writePartial(directory, fileName, url, partial);
  else if (beginning !== undefined) await removePartial(directory, fileName);
  return failure;
}

async function save(
  { directory, fileName }: AttemptRequest,
  bytes: Uint8Array,
): Promise<Failure | undefined> {
  try {
    await saveFlag(directory, fileName, bytes);
    return undefined;
  } catch (error) {
    if (!(error instanceof DestinationError)) throw error;
    return fail("CANNOT_SAVE", error.message);
  }
}

function fail(code: Failure["code"], reason: string): Failure {
  return { status: "error", code, reason };
}
