import { MemorySink } from "./body.js";
import { fetchFile, type FileSink } from "./fetch-file.js";
import { createFlagClient, type FlagClient } from "./flag-client.js";
import type { FetchResult } from "./flag-result.js";
import { findGifFault } from "./gif.js";
import { printable } from "../shared/failure-reason.js";
import { httpUrl } from "./http-url.js";

/** How to fetch one flag. */
export interface FetchFlagOptions {
  /** Connections and limits shared with other downloads. Default: a client for this one call. */
  readonly client?: FlagClient;
  /** Aborting it ends the download at once, with the code `INTERRUPTED`. */
  readonly signal?: AbortSignal;
}

/**
 * Fetches `<baseUrl>/br/br.gif` and answers only with a whole GIF.
 *
 * The body is checked against Content-Length, Content-Type (image/gif, or none at all), the GIF signature
 * and the GIF trailer. 404 means that there is no such flag; every other status but 200 is a failure, also
 * 204 or 304. Up to 5 redirects are followed, on the same host. A connection that the server closed
 * while it lay idle is replaced once. Everything that goes wrong on the way is an answer, not an exception.
 *
 * The counterpart of `get_flag` in the Python programs.
 *
 * @param baseUrl - An http or https address without a slash at the end.
 * @param cc - Two ASCII letters in any case.
 * @throws {TypeError} (as a rejection) When `cc` is no country code or `baseUrl` is no http address.
 * @example
 * const result = await fetchFlag("http://localhost:8001/flags", "BR");
 * if (result.status === "ok") result.bytes.length; // => 5872
 */
export async function fetchFlag(
  baseUrl: string,
  cc: string,
  options: FetchFlagOptions = {},
): Promise<FetchResult> {
  const url = flagUrl(baseUrl, cc);
  if (options.client !== undefined) return fetchWith(options.client, url, cc, options.signal);
  using client = createFlagClient();
  return await fetchWith(client, url, cc, options.signal);
}

/**
 * Gives the address of a flag, `<baseUrl>/br/br.gif`.
 *
 * @throws {TypeError} When `cc` is no country code or `baseUrl` is no http address.
 */
export function flagUrl(baseUrl: string, cc: string): URL {
  if (!/^[A-Za-z]{2}$/.test(cc)) throw new TypeError(`not a country code: ${printable(cc)}`);
  const name = cc.toLowerCase();
  return httpUrl(`${baseUrl}/${name}/${name}.gif`);
}

/** A GIF that stays in memory. */
class GifSink extends MemorySink implements FileSink {
  begin(): void {
    // There is never a beginning.
  }

  findGifFault(): ReturnType<typeof findGifFault> {
    return findGifFault(this.bytes);
  }
}

async function fetchWith(
  client: FlagClient,
  url: URL,
  cc: string,
  signal: AbortSignal | undefined,
): Promise<FetchResult> {
  const sink = new GifSink();
  const answer = await fetchFile({ url, expect: "gif" }, client, sink, signal);
  switch (answer.status) {
    case "ok":
      return { status: "ok", cc, bytes: sink.bytes };
    case "error": {
      const { status, code, reason, httpStatus } = answer;
      return { status, cc, code, reason, ...(httpStatus === undefined ? {} : { httpStatus }) };
    }
    case "notFound":
    case "notModified":
    case "stale":
      // Without a condition in the request there is no 304 that is not an error, and without a range no part.
      return { status: "notFound", cc };
  }
}
