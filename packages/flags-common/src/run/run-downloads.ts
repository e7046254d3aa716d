import type { CommandLine } from "../cli/command-line.js";
import { EXIT_CODES } from "../cli/exit-codes.js";
import type { FlagClientOptions } from "../fetch/flag-client.js";
import { mergedHeaders } from "../fetch/request-headers.js";
import type { DownloadItem } from "../input/item.js";
import { Pace } from "../pace/pace.js";
import type { Output } from "../report/output.js";
import type { Progress } from "../report/progress-state.js";
import { startProgress } from "../report/progress.js";
import type { RunReport } from "../report/record.js";
import { JsonReporter, NdjsonReporter, TextReporter, type Reporter } from "../report/reporter.js";
import { RunObserver } from "../report/run-observer.js";
import { failureSummary, type RunHeading } from "../report/text.js";
import { writeReports } from "../report/write-reports.js";
import { ServerBreakers } from "../retry/server-breakers.js";
import { RetryBudget } from "../retry/retry-budget.js";
import { inSeconds } from "../shared/failure-reason.js";
import { maskedUrl } from "../shared/mask-secrets.js";
import type { Manifest } from "../verify/manifest.js";
import { VersionCache } from "../verify/version-cache.js";
import type { DownloadMany } from "./download-plan.js";
import { assertAllCounted, type DownloadCounts } from "./download-status.js";
import { Downloader } from "./downloader.js";
import { maxDownloads } from "./open-files.js";
import type { StopSwitch } from "./stop-switch.js";

/** A run, ready to start. */
export interface Run {
  readonly options: {
    readonly programName: string;
    readonly maxConcurReq: number;
    readonly downloadMany: DownloadMany;
    readonly version?: string | undefined;
  };
  readonly commandLine: CommandLine;
  /** An existing folder that can be written. */
  readonly directory: string;
  readonly items: readonly DownloadItem[];
  readonly manifest: Manifest | undefined;
  /** Certificates to trust, in PEM. */
  readonly ca: string | undefined;
}

/** What decides for the whole run, in the main thread. */
interface Control {
  readonly pace: Pace;
  readonly budget: RetryBudget;
  readonly breakers: ServerBreakers | undefined;
  readonly versions: VersionCache;
}

/**
 * Downloads the files of a run and reports on it.
 *
 * @returns The exit code, unless the stop switch has one.
 */
export async function runDownloads(
  run: Run,
  output: Output,
  stopSwitch: StopSwitch,
): Promise<number> {
  const { commandLine, items, directory, options } = run;
  const reporter = chooseReporter(commandLine, output);
  const concurReq = Math.min(
    commandLine.maxReq === "auto" ? options.maxConcurReq : commandLine.maxReq,
    options.maxConcurReq,
    items.length,
    maxDownloads(),
  );
  const control = await takeControl(run, concurReq, stopSwitch.signal);
  reporter.started(headingOf(run, concurReq));
  const startMs = performance.now();
  const saysEach = commandLine.verbose || commandLine.format === "ndjson";
  const progress = await startProgress(items.length, saysEach ? "none" : commandLine.progress);
  const observer = new RunObserver(reporter, progress, stopSwitch, wantsRecords(commandLine));
  const endDeadline = startDeadline(commandLine.deadlineMs, stopSwitch);
  let counts: DownloadCounts;
  try {
    counts = await downloadAll(
      run,
      concurReq,
      control,
      { observer, meter: progress.meter },
      stopSwitch,
    );
  } finally {
    endDeadline();
    control.breakers?.close();
    progress.stop();
  }
  assertAllCounted(counts, items.length);
  const report = makeReport(run, control, observer, stopSwitch, {
    counts,
    elapsedMs: performance.now() - startMs,
  });
  reporter.finished(report);
  if (!saysEach && stopSwitch.exitCode !== EXIT_CODES.brokenPipe) {
    const summary = failureSummary(observer.totals.reasons);
    if (summary !== undefined) output.note(summary);
  }
  for (const note of notesOf(control)) output.note(`*** ${note}`);
  if (stopSwitch.exitCode !== EXIT_CODES.cannotWrite) await control.versions.save();
  await writeReports(report, directory, commandLine, output, stopSwitch.signal);
  return judge(run, counts, observer, output);
}

function chooseReporter({ format, verbose, stats }: CommandLine, output: Output): Reporter {
  switch (format) {
    case "text":
      return new TextReporter(output, { verbose, stats });
    case "json":
      return new JsonReporter(output);
    case "ndjson":
      return new NdjsonReporter(output);
  }
}

function wantsRecords({ format, report, gallery }: CommandLine): boolean {
  return format === "json" || report !== undefined || gallery !== undefined;
}

async function takeControl(run: Run, concurReq: number, signal: AbortSignal): Promise<Control> {
  const { commandLine, items, directory } = run;
  const { maxReq, ratePerSecond, retries, retryBudgetPercent } = commandLine;
  return {
    pace: new Pace({ ratePerSecond, adaptiveMax: maxReq === "auto" ? concurReq : undefined }),
    budget: new RetryBudget(items.length, retryBudgetPercent),
    // The programs of the book ask a server that is down for every flag, and so do ours unless told to retry.
    breakers: retries > 0 ? new ServerBreakers(signal) : undefined,
    versions: await VersionCache.open(directory, remembersAll(commandLine)),
  };
}

/** A flag is called after what it is; of any other file only this tells where it came from. */
function remembersAll({ etag, urls }: CommandLine): boolean {
  return etag || urls !== undefined;
}

function headingOf({ commandLine, items }: Run, concurReq: number): RunHeading {
  const { urls, server, baseUrl, maxReq } = commandLine;
  return {
    source:
      urls === undefined
        ? `${server} site: ${maskedUrl(baseUrl)}`
        : `Addresses from: ${urls === "-" ? "stdin" : urls}`,
    noun: urls === undefined ? "flag" : "file",
    names: items.map(({ name }) => name),
    concurReq,
    isAdaptive: maxReq === "auto",
  };
}

function startDeadline(deadlineMs: number | undefined, stopSwitch: StopSwitch): () => void {
  if (deadlineMs === undefined) return () => undefined;
  const timer = setTimeout(() => {
    stopSwitch.stop(EXIT_CODES.failed, `stopped at the deadline of ${inSeconds(deadlineMs)}`);
  }, deadlineMs);
  return () => {
    clearTimeout(timer);
  };
}

function downloadAll(
  { options, commandLine, items, directory, manifest, ca }: Run,
  concurReq: number,
  { pace, budget, breakers, versions }: Control,
  { observer, meter }: { readonly observer: RunObserver; readonly meter: Progress["meter"] },
  { signal }: StopSwitch,
): Promise<DownloadCounts> {
  const { connectTimeoutMs, timeoutMs, maxTimeMs, maxBytes, maxRedirects, insecure } = commandLine;
  const { programName, version } = options;
  const userAgent = [programName, version].filter(Boolean).join("/");
  const clientOptions: FlagClientOptions = {
    concurrency: concurReq,
    connectTimeoutMs,
    idleTimeoutMs: timeoutMs,
    totalTimeoutMs: maxTimeMs,
    maxBytes,
    maxRedirects,
    insecure,
    headers: mergedHeaders({ "User-Agent": userAgent }, commandLine.headers),
    ...(commandLine.location ? { redirectHosts: "any" } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(commandLine.proxy === undefined ? {} : { proxy: commandLine.proxy }),
    ...(meter === undefined ? {} : { meter }),
  };
  const downloader = new Downloader({
    directory,
    maxTimeMs,
    pace,
    retryPolicy: {
      retries: commandLine.retries,
      budget,
      breakerFor: (url) => breakers?.of(url),
    },
    manifest,
    versions,
    asksForChanges: commandLine.etag,
    skipsExisting: commandLine.skipExisting,
    resumes: commandLine.resume,
    remoteTime: commandLine.remoteTime,
    signal,
  });
  return options.downloadMany(
    {
      items,
      concurReq,
      clientOptions,
      signal,
      own: commandLine.own,
      download: (item, attempt) => downloader.download(item, attempt),
    },
    observer,
  );
}

function makeReport(
  { options, items }: Run,
  { pace }: Control,
  observer: RunObserver,
  { message }: StopSwitch,
  outcome: Pick<RunReport, "counts" | "elapsedMs">,
): RunReport {
  const peakConcurrency = pace.peak;
  return {
    program: options.programName,
    ...observer.totals.summarize({ ...outcome, asked: items.length, peakConcurrency }),
    ...(message === undefined ? {} : { stopped: message }),
    results: observer.records,
  };
}

function notesOf({ breakers, budget }: Control): string[] {
  return [...(breakers?.notes ?? []), ...(budget.note === undefined ? [] : [budget.note])];
}

function judge(
  { commandLine, items }: Run,
  counts: DownloadCounts,
  observer: RunObserver,
  output: Output,
): number {
  const { failOn, urls, ownBaseUrl, baseUrl } = commandLine;
  if (failOn === "never") return EXIT_CODES.ok;
  const hasNothing = counts.notFound > 0 && counts.ok + counts.unchanged === 0;
  // A list of addresses says what there should be; of codes of countries, some have a flag.
  const isStranger = urls === undefined && !ownBaseUrl && hasNothing && observer.missesKnownFlags;
  if (isStranger) output.note(`*** not a server of flags: ${new URL(baseUrl).host}`);
  const failed =
    counts.error > 0 ||
    (failOn === "missing" && counts.notFound > 0) ||
    (hasNothing && urls !== undefined && counts.notFound === items.length) ||
    isStranger;
  return failed ? EXIT_CODES.failed : EXIT_CODES.ok;
}
