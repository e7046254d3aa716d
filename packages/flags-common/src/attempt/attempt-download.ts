import {
  fetchFile,
  type FileAnswer,
  type FileRequest,
  type FileSink,
  type Timing,
} from "../fetch/fetch-file.js";
import type { FlagClient } from "../fetch/flag-client.js";
import type { Failure } from "../fetch/flag-result.js";
import { httpUrl } from "../fetch/http-url.js";
import { fail } from "../fetch/judge-answer.js";
import type { Validators } from "../fetch/validators.js";
import { DestinationError } from "../save/destination-error.js";
import { IncomingFile } from "../save/incoming-file.js";
import { removePartial } from "../save/partial-file.js";
import { assertPlainName } from "../save/plain-name.js";
import { saveWhole, type SaveFile } from "../save/save-whole.js";
import { saveFailure } from "../save/save-failure.js";
import { MeteredSink } from "./metered-sink.js";

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
  /** Whether the file gets the time at which the server says it was last changed. Default: false. */
  readonly remoteTime?: boolean | undefined;
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
  /** Saves a small file. Default: as `saveFlag` does. */
  readonly save?: SaveFile | undefined;
}

/**
 * Fetches one file once and saves it. It is `ok` only when the whole, checked file is there.
 *
 * What goes wrong is an answer, not an exception; a file that cannot be written has the code `CANNOT_SAVE`.
 * Request and result are plain data, so it can be a task of a worker thread, where each thread has a client of
 * its own and the signal is that of the task. The counterpart of `download_one` in the Python programs.
 *
 * @throws {TypeError} (as a rejection) When `fileName` leads out of the folder, or `url` is no http or https address.
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
  const { directory, fileName, expect, remainingMs, known, resume } = request;
  const { client } = tools;
  assertPlainName(fileName);
  const url = httpUrl(request.url);
  const save = tools.save ?? saveWhole;
  const file = new IncomingFile({ directory, fileName, url, save, keeps: resume });
  const asked: FileRequest = { url, expect, remainingMs, known };
  const { meter } = client;
  if (meter === undefined) return await attemptInto(file, file, asked, request, tools);
  const metered = new MeteredSink(file, meter);
  let isSaved = false;
  try {
    const result = await attemptInto(file, metered, asked, request, tools);
    isSaved = result.status === "ok";
    return result;
  } finally {
    metered.settle(isSaved);
  }
}

async function attemptInto(
  file: IncomingFile,
  sink: FileSink,
  asked: FileRequest,
  request: AttemptRequest,
  { client, signal }: AttemptTools,
): Promise<AttemptResult> {
  const { directory, fileName, resume } = request;
  const beginning = resume ? await file.takeBeginning() : undefined;
  const first = await fetchFile({ ...asked, beginning }, client, sink, signal);
  const fetchAgain = async (): Promise<Settled> => {
    // The beginning that was there is of no use.
    await file.discard();
    const whole = await fetchFile(asked, client, sink, signal);
    if (whole.status !== "stale") return whole;
    return { ...fail("BAD_RESPONSE", "not the whole file"), totalMs: whole.totalMs };
  };
  const answer = first.status === "stale" ? await fetchAgain() : first;
  switch (answer.status) {
    case "ok": {
      const saved = await keep(file, request, answer);
      // A beginning that was left meanwhile, by somebody else, is of no use any more.
      if (resume) await removePartial(directory, fileName);
      return saved;
    }
    case "error": {
      const { left, ...failure } = answer;
      if (resume && left !== undefined) await file.leave(left);
      else await file.discard();
      return failure;
    }
    case "notModified":
    case "notFound":
      await file.discard();
      return answer;
  }
}

type Settled = Exclude<FileAnswer, { readonly status: "stale" }>;

async function keep(
  file: IncomingFile,
  { sha256: expected, remoteTime, fileName }: AttemptRequest,
  answer: Extract<Settled, { readonly status: "ok" }>,
): Promise<AttemptResult> {
  const modifiedAt = remoteTime === true ? dateOf(answer.lastModified) : undefined;
  const { byteLength } = file;
  try {
    const sha256 = await file.finish({ sha256: expected, modifiedAt });
    // Nobody else has the answer, and a copy of it takes its time.
    if (sha256 !== undefined) return Object.assign(answer, { byteLength, sha256 });
    return { ...fail("CHECKSUM", "SHA-256 is not the one of the manifest"), ...timingOf(answer) };
  } catch (error) {
    if (!(error instanceof DestinationError)) throw error;
    return { ...saveFailure(error, fileName), ...timingOf(answer) };
  }
}

function timingOf({ headersMs, totalMs }: Timing): Timing {
  return { totalMs, ...(headersMs === undefined ? {} : { headersMs }) };
}

function dateOf(lastModified: string | undefined): Date | undefined {
  const date = new Date(lastModified ?? NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
