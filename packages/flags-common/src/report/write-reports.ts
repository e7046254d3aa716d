import { constants, type Stats } from "node:fs";
import { access, rm, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { makeFolder } from "../save/make-folder.js";
import { saveWhole } from "../save/save-whole.js";
import { withTemporaryFile } from "../save/temporary-file.js";
import { errorCode, errorMessage, systemMessage } from "../shared/failure-reason.js";
import { galleryPage } from "./gallery.js";
import type { Output } from "./output.js";
import type { RunReport } from "./record.js";
import { reportText } from "./reporter.js";
import { writeThrough } from "./write-through.js";

const NO_BYTES = new Uint8Array(0);

/** A file about a run that cannot be written; the message is one line. */
export class ReportError extends Error {
  override readonly name = "ReportError";
}

/** The files that were asked for about a run. */
interface ReportPaths {
  readonly report: string | undefined;
  readonly gallery: string | undefined;
}

/** What to write to, and which option says so. */
interface DocumentPlace {
  readonly option: keyof ReportPaths;
  /** `-` is stdout. */
  readonly path: string;
}

/**
 * Looks, before a run, whether the files about it can be written after it, and makes their folders.
 *
 * @throws {ReportError} (as a rejection) When one cannot.
 */
export async function checkReports(paths: ReportPaths): Promise<void> {
  for (const option of ["report", "gallery"] as const) {
    const path = paths[option];
    if (path === undefined || path === "-") continue;
    try {
      const existing = await statOf(path);
      const isFolder = existing?.isDirectory() === true || /[/\\]$/.test(path);
      if (isFolder) throw new Error("it is a folder");
      if (isReplaced(existing)) {
        await makeFolder(dirname(path));
        // A file is replaced, which is up to its folder; and its name must leave room for ours.
        await withTemporaryFile(dirname(path), basename(path), NO_BYTES, (probe) => rm(probe));
      } else await access(path, constants.W_OK);
    } catch (error) {
      throw reportError({ option, path }, error);
    }
  }
}

/**
 * Writes the files that were asked for about a run, whole or not at all.
 *
 * @param directory - Where the downloaded files are.
 * @throws {ReportError} (as a rejection) When one cannot be written.
 */
export async function writeReports(
  report: RunReport,
  directory: string,
  { report: reportPath, gallery }: ReportPaths,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  if (reportPath !== undefined) {
    await write({ option: "report", path: reportPath }, `${reportText(report)}\n`, output, signal);
  }
  if (gallery !== undefined) {
    const page = galleryPage(report, gallery, directory);
    await write({ option: "gallery", path: gallery }, page, output, signal);
  }
}

/**
 * Writes a document to a file, whole or not at all, or to stdout.
 *
 * @param signal - Ends the wait for somebody who reads a pipe.
 * @throws {ReportError} (as a rejection) When it cannot be written.
 */
export async function write(
  place: DocumentPlace,
  content: string,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const { path } = place;
  if (path === "-") {
    output.document(content);
    return;
  }
  try {
    if (isReplaced(await statOf(path))) {
      await saveWhole(dirname(path), basename(path), Buffer.from(content));
    } else await writeThrough(path, content, signal);
  } catch (error) {
    throw reportError(place, error);
  }
}

function reportError({ option, path }: DocumentPlace, error: unknown): ReportError {
  const code = errorCode(error);
  const reason =
    code === "ENOTDIR" || code === "EEXIST"
      ? `${dirname(path)} is not a folder`
      : (systemMessage(code) ?? errorMessage(error));
  return new ReportError(`cannot write --${option} ${path}: ${reason}`, { cause: error });
}

async function statOf(path: string): Promise<Stats | undefined> {
  return await stat(path).catch(() => undefined);
}

/** A file, or what will be one; not a pipe or a device, which has no name to take over. */
function isReplaced(existing: Stats | undefined): boolean {
  return existing === undefined || existing.isFile();
}
