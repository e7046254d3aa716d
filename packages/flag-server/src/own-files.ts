import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { types } from "node:util";

import { staticFile, type StaticFile } from "./assets.js";
import type { ResponseFields } from "./response-fields.js";

/** The content of a file of one's own. */
export type FlagServerFile =
  | string
  | Uint8Array
  | {
      readonly body: string | Uint8Array;
      readonly contentType?: string;
      /**
       * Further fields of the reply, or others in place of its own. A condition is compared with the ETag and the
       * Last-Modified that stand here.
       */
      readonly headers?: ResponseFields;
    };

/** Files by URL path, such as `{ "/data/list.json": "[1, 2]" }`, or a folder whose files are all served. */
export type FlagServerFiles = string | Readonly<Record<string, FlagServerFile>>;

const INDEX = "/index.html";
const MAX_FOLDER_BYTES = 256 * 1024 * 1024;
const MAX_FOLDER_FILES = 10_000;

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".gif": "image/gif",
  ".htm": "text/html; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/vnd.microsoft.icon",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".md": "text/markdown; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webp": "image/webp",
  ".xml": "application/xml",
  ".zip": "application/zip",
};

/** Guesses the media type of a file from its name. */
function contentTypeOf(name: string): string {
  return TYPES[path.posix.extname(name).toLowerCase()] ?? "application/octet-stream";
}

/**
 * Loads files of one's own into memory.
 *
 * Rejects with an `Error` when the folder cannot be read, or holds more than 10,000 files or 256 MiB.
 */
export async function loadOwnFiles(
  files: FlagServerFiles | undefined,
): Promise<ReadonlyMap<string, StaticFile>> {
  if (files === undefined) return new Map();
  if (typeof files === "string") return readFolder(files);
  const nowMs = Date.now();
  const own = new Map(
    Object.entries(files).map(([urlPath, file]) => {
      const given = typeof file === "string" || types.isUint8Array(file) ? { body: file } : file;
      const { body, contentType = contentTypeOf(urlPath), headers } = given;
      // A copy: the caller may go on writing into the bytes.
      return [urlPath, staticFile(Buffer.from(body), contentType, nowMs, headers)];
    }),
  );
  return withIndexes(own);
}

/** Serves a folder's `index.html` for the folder itself as well, unless there is something else for that. */
function withIndexes(files: ReadonlyMap<string, StaticFile>): ReadonlyMap<string, StaticFile> {
  const indexes = Array.from(files).flatMap(([urlPath, file]) =>
    urlPath.endsWith(INDEX) ? [[urlPath.slice(0, 1 - INDEX.length), file] as const] : [],
  );
  return new Map([...indexes, ...files]);
}

async function readFolder(folder: string): Promise<ReadonlyMap<string, StaticFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  // No links: they may lead out of the folder.
  const names = entries.filter((entry) => entry.isFile());
  if (names.length > MAX_FOLDER_FILES) {
    throw new Error(`${folder} holds more than ${MAX_FOLDER_FILES} files`);
  }
  const files = new Map<string, StaticFile>();
  let totalBytes = 0;
  for (const entry of names) {
    const file = path.join(entry.parentPath, entry.name);
    const { size, mtimeMs } = await stat(file);
    totalBytes += size;
    if (totalBytes > MAX_FOLDER_BYTES) {
      throw new Error(`${folder} holds more than ${MAX_FOLDER_BYTES} bytes`);
    }
    const urlPath = `/${path.relative(folder, file).split(path.sep).join("/")}`;
    const lastModifiedMs = Math.min(mtimeMs, Date.now());
    files.set(urlPath, staticFile(await readFile(file), contentTypeOf(urlPath), lastModifiedMs));
  }
  return withIndexes(files);
}
