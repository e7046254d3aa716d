import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { OutgoingHttpHeaders } from "node:http";

import { formatHttpDate, parseHttpDate } from "./http-date.js";
import { ASSETS_URL, flagManifest } from "./manifest.js";
import { without, type Reply } from "./reply.js";
import { fieldOf, withFields, type ResponseFields } from "./response-fields.js";

/** One file as the server answers it: in memory, with the header fields that never change. */
export interface StaticFile {
  readonly body: Buffer;
  readonly contentType: string;
  /** An entity tag, quotes included. */
  readonly etag: string;
  readonly lastModifiedMs: number;
  /** The fields that a 206 and a 304 have in common with the whole reply. */
  readonly constant: OutgoingHttpHeaders;
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
export function staticFile(
  body: Buffer,
  contentType: string,
  lastModifiedMs: number,
  fields?: ResponseFields,
): StaticFile {
  const etag = fieldOf(fields, "etag") ?? `"${createHash("sha256").update(body).digest("hex")}"`;
  const modifiedMs = parseHttpDate(fieldOf(fields, "last-modified") ?? "") ?? lastModifiedMs;
  const validators = { ETag: etag, "Last-Modified": formatHttpDate(modifiedMs) };
  const type = fieldOf(fields, "content-type") ?? contentType;
  const all = withFields({ ...validators, "Accept-Ranges": "bytes" }, fields);
  const constant = without(all, "Content-Type");
  const headers = { "Content-Type": type, "Content-Length": body.length, ...constant };
  return {
    body,
    contentType: type,
    etag,
    // HTTP dates have whole seconds.
    lastModifiedMs: Math.floor(modifiedMs / 1000) * 1000,
    constant,
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
