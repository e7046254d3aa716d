import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

import { formatHttpDate } from "./http-date.js";
import { ASSETS_URL, flagManifest } from "./manifest.js";
import type { Reply } from "./reply.js";

/** One file as the server answers it: in memory, with the header fields that never change. */
export interface StaticFile {
  readonly body: Buffer;
  readonly contentType: string;
  /** A strong entity tag, quotes included. */
  readonly etag: string;
  readonly lastModifiedMs: number;
  /** The same moment as an HTTP date. */
  readonly lastModified: string;
  /** The reply with the whole file, which is nearly every reply. */
  readonly whole: Reply;
}

/** All files of the server by URL path. A look-up can never leave the folder, since no file system is asked. */
export type StaticFiles = ReadonlyMap<string, StaticFile>;

let loading: Promise<StaticFiles> | undefined;

/**
 * Loads all flags and their metadata into memory, once for all servers of this process.
 *
 * Rejects with an `Error` when an image is not the one that the manifest lists.
 */
export function loadStaticFiles(): Promise<StaticFiles> {
  loading ??= readStaticFiles().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** Makes a file ready to be served. `lastModifiedMs` must not lie in the future. */
export function staticFile(body: Buffer, contentType: string, lastModifiedMs: number): StaticFile {
  const etag = `"${createHash("sha256").update(body).digest("hex")}"`;
  const lastModified = formatHttpDate(lastModifiedMs);
  const headers = {
    "Content-Type": contentType,
    "Content-Length": body.length,
    ETag: etag,
    "Last-Modified": lastModified,
    "Accept-Ranges": "bytes",
  };
  return {
    body,
    contentType,
    etag,
    // HTTP dates have whole seconds.
    lastModifiedMs: Math.floor(lastModifiedMs / 1000) * 1000,
    lastModified,
    whole: { status: 200, headers, body },
  };
}

async function readStaticFiles(): Promise<StaticFiles> {
  const manifest = flagManifest();
  // RFC 9110 8.8.2.1: never later than now, also on a machine whose clock is behind.
  const lastModifiedMs = Math.min(Date.parse(manifest.lastModified), Date.now());

  const load = async (urlPath: string, contentType: string, sha256?: string) => {
    const body = await readFile(new URL(urlPath.slice(1), ASSETS_URL));
    const file = staticFile(body, contentType, lastModifiedMs);
    if (sha256 !== undefined && file.etag !== `"${sha256}"`) {
      throw new Error(`flag server: ${urlPath} is damaged: its checksum is not the manifest's`);
    }
    return [urlPath, file] as const;
  };

  const files = Object.entries(manifest.flags).flatMap(([code, flag]) => {
    const folder = `/flags/${code.toLowerCase()}`;
    return [
      load(`${folder}/${code.toLowerCase()}.gif`, "image/gif", flag.sha256),
      load(`${folder}/metadata.json`, "application/json"),
    ];
  });
  return new Map(await Promise.all(files));
}
