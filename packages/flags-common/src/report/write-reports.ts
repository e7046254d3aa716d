import { constants, type Stats } from "node:fs";
import { access, stat, writeFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { DestinationError } from "../save/destination-error.js";
import { saveFlag } from "../save/save-flag.js";
import { galleryPage } from "./gallery.js";
import type { Output } from "./output.js";
import type { RunReport } from "./record.js";
import { reportText } from "./reporter.js";

/** The files that were asked for about a run. */
interface ReportPaths {
  readonly report: string | undefined;
  readonly gallery: string | undefined;
}

/**
 * Looks, before a run, whether the files about it can be written after it.
 *
 * @throws {DestinationError} (as a rejection) When one cannot.
 */
export async function checkReports({ report, gallery }: ReportPaths): Promise<void> {
  for (const path of [report, gallery]) {
    if (path === undefined || path === "-") continue;
    try {
      const existing = await statOf(path);
      if (existing?.isDirectory() === true) throw new Error(`${basename(path)} is a folder`);
      // A file is replaced, which is up to its folder.
      await access(isReplaced(existing) ? dirname(path) : path, constants.W_OK);
    } catch (error) {
      throw new DestinationError(dirname(path), error);
    }
  }
}

/**
 * Writes the files that were asked for about a run, whole or not at all.
 *
 * @param directory - Where the downloaded files are.
 * @throws {DestinationError} (as a rejection) When one cannot be written.
 */
export async function writeReports(
  report: RunReport,
  directory: string,
  paths: ReportPaths,
  output: Output,
): Promise<void> {
  if (paths.report !== undefined) await write(paths.report, `${reportText(report)}\n`, output);
  if (paths.gallery !== undefined) {
    await write(paths.gallery, galleryPage(report, paths.gallery, directory), output);
  }
}

/** Writes a document to a file, or to stdout for `-`. */
export async function write(path: string, content: string, output: Output): Promise<void> {
  if (path === "-") {
    output.document(content);
    return;
  }
  if (isReplaced(await statOf(path))) {
    await saveFlag(dirname(path), basename(path), Buffer.from(content));
    return;
  }
  try {
    await writeFile(path, content);
  } catch (error) {
    throw new DestinationError(dirname(path), error);
  }
}

async function statOf(path: string): Promise<Stats | undefined> {
  return await stat(path).catch(() => undefined);
}

/** A file, or what will be one; not a pipe or a device, which has no name to take over. */
function isReplaced(existing: Stats | undefined): boolean {
  return existing === undefined || existing.isFile();
}
