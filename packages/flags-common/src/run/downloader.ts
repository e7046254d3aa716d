import { join } from "node:path";
import type { AttemptRequest, AttemptResult } from "../attempt/attempt-download.js";
import type { Validators } from "../fetch/validators.js";
import { fail } from "../fetch/judge-answer.js";
import type { DownloadItem } from "../input/item.js";
import type { Pace, PaceVerdict } from "../pace/pace.js";
import { inspectFile } from "../verify/local-file.js";
import type { Manifest } from "../verify/manifest.js";
import type { VersionCache } from "../verify/version-cache.js";
import type { Attempt } from "./download-plan.js";
import { notStarted, type DownloadResult } from "./download-result.js";
import { Tries, type RetryPolicy } from "./tries.js";

const NOTHING = {};

/** What holds for every file of a run. */
export interface DownloaderOptions {
  /** An existing folder. */
  readonly directory: string;
  readonly maxTimeMs: number;
  readonly pace: Pace;
  readonly retryPolicy: RetryPolicy;
  readonly manifest?: Manifest | undefined;
  readonly versions: VersionCache;
  /** Whether a file that is known is fetched only if it has changed. */
  readonly asksForChanges: boolean;
  readonly skipsExisting: boolean;
  readonly resumes: boolean;
  /** Whether files get the time of the server. */
  readonly remoteTime: boolean;
  readonly signal: AbortSignal;
}

/**
 * Downloads files as the options say. It decides, here in the main thread, whether and when a request is made;
 * the request itself is made by an {@link Attempt}, which may be somewhere else.
 */
export class Downloader {
  readonly #options: DownloaderOptions;

  constructor(options: DownloaderOptions) {
    this.#options = options;
  }

  /** Downloads one file. It never rejects unless `attempt` does. */
  async download(item: DownloadItem, attempt: Attempt): Promise<DownloadResult> {
    const { signal, skipsExisting, versions, asksForChanges } = this.#options;
    if (signal.aborted) return notStarted(item);
    if (item.fault !== undefined) {
      return { ...fail("INVALID_URL", item.fault), item, attempts: 0 };
    }
    const { fileName, url } = item;
    const isLookedFor = skipsExisting || (asksForChanges && versions.has(fileName));
    const local = isLookedFor ? await this.#findWhole(item) : undefined;
    if (local !== undefined && skipsExisting && this.#isSameFile(item, local.sha256)) {
      return { status: "unchanged", item, attempts: 0 };
    }
    const known = asksForChanges ? local && versions.find(fileName, url, local.sha256) : undefined;
    const result = await this.#tryUntilDone(item, attempt, known);
    if (result.status === "ok") {
      const { sha256, etag, lastModified } = result;
      versions.set(fileName, { url, sha256, etag, lastModified });
    }
    return result;
  }

  /** Flags are called after what they are; any other name may be that of a file from somewhere else. */
  #isSameFile({ fileName, url, expect }: DownloadItem, sha256: string): boolean {
    const { versions } = this.#options;
    if (expect === "gif" && !versions.has(fileName)) return true;
    return versions.isFrom(fileName, url, sha256);
  }

  async #findWhole({ fileName, expect }: DownloadItem): Promise<{ sha256: string } | undefined> {
    const { directory, manifest } = this.#options;
    const file = await inspectFile(join(directory, fileName), expect, manifest?.get(fileName));
    return file?.fault === undefined ? file : undefined;
  }

  async #tryUntilDone(
    item: DownloadItem,
    attempt: Attempt,
    known: Validators | undefined,
  ): Promise<DownloadResult> {
    const { signal, maxTimeMs, retryPolicy, directory, manifest, resumes, remoteTime } =
      this.#options;
    const { pace } = this.#options;
    const { url, fileName, expect } = item;
    const tries = new Tries(item, maxTimeMs, retryPolicy);
    for (;;) {
      // What does not wait is no promise: nearly every file of a long list waits for nothing but its server.
      const mayStart = tries.mayStart();
      const pass = typeof mayStart === "string" ? mayStart : await mayStart;
      if (pass === "stop" || signal.aborted) return tries.givenUp();
      if (pace.isUnlimited) pace.admit();
      else if (!(await pace.enter(signal))) return tries.givenUp();
      const request: AttemptRequest = {
        url,
        fileName,
        expect,
        directory,
        remainingMs: Math.max(1, Math.ceil(tries.remainingMs)),
        resume: resumes,
        ...(remoteTime ? { remoteTime } : NOTHING),
        ...(manifest?.has(fileName) ? { sha256: manifest.get(fileName) } : NOTHING),
        ...(known === undefined ? NOTHING : { known }),
      };
      const startedAtMs = performance.now();
      let verdict: PaceVerdict = "other";
      let result: AttemptResult;
      try {
        result = await attempt(request, signal);
        verdict = paceVerdict(result);
      } finally {
        pace.leave(verdict, startedAtMs);
      }
      const isLast = tries.isLast(result, pass, signal);
      if (isLast === true || (await isLast)) return tries.conclude(result);
    }
  }
}

function paceVerdict(result: AttemptResult): PaceVerdict {
  if (result.status !== "error") return "good";
  if (result.httpStatus === 429) return "tooFast";
  return result.httpStatus === 503 || result.code === "TIMEOUT" ? "busy" : "other";
}
