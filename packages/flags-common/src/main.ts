import { parseCommandLine, type CommandLine, type CommandLineDefinition } from "./cli.js";
import { DestinationError } from "./destination-error.js";
import { findDestination, prepareDestination } from "./destination.js";
import type { DownloadMany } from "./download-plan.js";
import { assertAllCounted, type DownloadCounts } from "./download-status.js";
import { EXIT_CODES } from "./exit-codes.js";
import { errorCode, errorMessage, systemMessage } from "./failure-reason.js";
import { Output } from "./output.js";
import { startProgress } from "./progress.js";
import { provideServer, ServerStartError, type StartServer } from "./provide-server.js";
import { finalReport, initialReport } from "./report.js";
import { RunObserver } from "./run-observer.js";
import { StopSwitch, stopOnSignals } from "./stop-switch.js";

/** What makes one download program out of the common parts. */
export interface MainOptions extends CommandLineDefinition {
  /** The most concurrent requests that `-m` can ask for, an integer from 1. */
  readonly maxConcurReq: number;
  /** The part in which the programs differ. */
  readonly downloadMany: DownloadMany;
  /** Starts a local server when none runs. Default: none is started. */
  readonly startServer?: StartServer;
  /** The arguments, without node and the script. Default: those of the process. */
  readonly args?: readonly string[];
}

/**
 * Runs a download program from its arguments to its exit code. It never rejects.
 *
 * Reports go to stdout in the words of the Python programs; remarks, complaints and the progress bar go to
 * stderr. The first Ctrl-C stops the run and still reports, the second ends the process at once.
 *
 * The counterpart of `main` in the Python programs.
 *
 * @returns One of `EXIT_CODES`.
 * @example
 * process.exitCode = await main({
 *   programName: "flags",
 *   defaultConcurReq: 1,
 *   maxConcurReq: 1,
 *   downloadMany,
 * });
 */
export async function main(options: MainOptions): Promise<number> {
  const stopSwitch = new StopSwitch();
  await using output = new Output((error) => {
    stopWithoutStdout(stopSwitch, error);
  });
  const ignoreSignals = stopOnSignals(stopSwitch);
  const exitCode = await runSafely(options, output, stopSwitch).finally(ignoreSignals);
  // Only now it is known whether somebody read all of it.
  await output.flush();
  if (stopSwitch.message !== undefined) output.note(`*** ${stopSwitch.message}`);
  return stopSwitch.exitCode ?? exitCode;
}

function stopWithoutStdout(stopSwitch: StopSwitch, error: Error): void {
  const code = errorCode(error);
  if (code === "EPIPE") stopSwitch.stop(EXIT_CODES.brokenPipe);
  else {
    const reason = systemMessage(code) ?? errorMessage(error);
    stopSwitch.stop(EXIT_CODES.cannotWrite, `cannot write to the output: ${reason}`);
  }
}

async function runSafely(
  options: MainOptions,
  output: Output,
  stopSwitch: StopSwitch,
): Promise<number> {
  try {
    const parsed = parseCommandLine(options.args ?? process.argv.slice(2), options);
    if (parsed.outcome === "run") {
      return await run(options, parsed.commandLine, output, stopSwitch);
    }
    const text = parsed.text.trimEnd();
    if (parsed.outcome === "help") {
      output.print(text);
      return EXIT_CODES.ok;
    }
    output.note(text);
    return EXIT_CODES.usage;
  } catch (error) {
    if (error instanceof DestinationError) {
      output.note(`*** ${error.message}`);
      return EXIT_CODES.cannotWrite;
    }
    if (error instanceof ServerStartError) {
      output.note(`*** ${error.message}`);
      return EXIT_CODES.failed;
    }
    const { DEBUG: debug } = process.env;
    const detail = debug && error instanceof Error ? error.stack : errorMessage(error);
    output.note(`*** unexpected error: ${detail ?? ""}`);
    return EXIT_CODES.unexpected;
  }
}

async function run(
  options: MainOptions,
  commandLine: CommandLine,
  output: Output,
  stopSwitch: StopSwitch,
): Promise<number> {
  const { ccList, ignoredBecauseOf, ignoredCodes } = commandLine;
  if (ignoredBecauseOf !== undefined) {
    const codes = ignoredCodes.slice(0, 10).join(" ");
    output.note(`Country codes are ignored because of ${ignoredBecauseOf}: ${codes}`);
  }
  const directory = await findDestination();
  await prepareDestination(directory);
  const { server, note } = await provideServer({
    ...commandLine,
    startServer: options.startServer,
  });
  try {
    if (note !== undefined) output.note(note);
    const concurReq = Math.min(commandLine.maxReq, options.maxConcurReq, ccList.length);
    const counts = await download(
      options.downloadMany,
      { ...commandLine, concurReq, directory },
      output,
      stopSwitch,
    );
    return judge(counts, commandLine.failOn);
  } finally {
    await server?.stop();
  }
}

async function download(
  downloadMany: DownloadMany,
  run: CommandLine & { readonly concurReq: number; readonly directory: string },
  output: Output,
  stopSwitch: StopSwitch,
): Promise<DownloadCounts> {
  output.print(...initialReport(run));
  const start = performance.now();
  const progress = run.verbose ? undefined : startProgress(run.ccList.length);
  const observer = new RunObserver(output, stopSwitch, progress);
  const { ccList, baseUrl, concurReq, verbose, directory } = run;
  const clientOptions = {
    concurrency: concurReq,
    connectTimeoutMs: run.timeoutMs,
    idleTimeoutMs: run.timeoutMs,
    totalTimeoutMs: run.maxTimeMs,
  };
  let counts: DownloadCounts;
  try {
    const { signal } = stopSwitch;
    counts = await downloadMany(
      { ccList, baseUrl, concurReq, verbose, directory, clientOptions, signal },
      observer,
    );
  } finally {
    progress?.stop();
  }
  assertAllCounted(counts, ccList.length);
  output.print(...finalReport(counts, performance.now() - start));
  if (observer.summary !== undefined) output.note(observer.summary);
  return counts;
}

function judge(counts: DownloadCounts, failOn: CommandLine["failOn"]): number {
  const failed =
    failOn !== "never" && (counts.error > 0 || (failOn === "missing" && counts.notFound > 0));
  return failed ? EXIT_CODES.failed : EXIT_CODES.ok;
}
