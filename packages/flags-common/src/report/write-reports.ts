import { writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { DestinationError } from "../save/destination-error.js";
import { galleryPage } from "./gallery.js";
import type { RunReport } from "./record.js";
import { reportText } from "./reporter.js";

/**
 * Writes the files that were asked for about a run.
 *
 * @param directory - Where the downloaded files are.
 * @throws {DestinationError} (as a rejection) When one cannot be written.
 */
export async function writeReports(
  report: RunReport,
  directory: string,
  paths: { readonly report: string | undefined; readonly gallery: string | undefined },
): Promise<void> {
  if (paths.report !== undefined) await write(paths.report, `${reportText(report)}\n`);
  if (paths.gallery !== undefined) {
    await write(paths.gallery, galleryPage(report, paths.gallery, directory));
  }
}

async function write(path: string, content: string): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (error) {
    throw new DestinationError(dirname(path), error);
  }
}
