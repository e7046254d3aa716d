import { inspect, types } from "node:util";
import { parseCommandLine, type CommandLine } from "./cli/command-line.js";
import { EXIT_CODES } from "./cli/exit-codes.js";
import type { CommandLineDefinition } from "./cli/options.js";
import { InputError } from "./input/read-list.js";
import { Output } from "./report/output.js";
import { checkReports, ReportError } from "./report/write-reports.js";
import type { DownloadMany } from "./run/download-plan.js";
import { assertApart } from "./run/assert-apart.js";
import { provideServer, ServerStartError, type StartServer } from "./run/provide-server.js";
import { reportDryRun } from "./run/report-dry-run.js";
import { runDownloads } from "./run/run-downloads.js";
import { listItems, readCertificates, readManifestFile } from "./run/run-input.js";
import { StopSwitch, stopOnSignals } from "./run/stop-switch.js";
import { runVerification } from "./run/run-verification.js";
import { withUserPaths } from "./run/user-paths.js";
import { DestinationError } from "./save/destination-error.js";
import { findDestination, prepareDestination } from "./save/destination.js";
import { VersionCache } from "./verify/version-cache.js";
import { errorCode, errorMessage, harmless, systemMessage } from "./shared/failure-reason.js";
import { StoppedError } from "./shared/wait.js";

/** Longer than what ends by itself takes, in milliseconds. */
const END_SOON_MS = 500;

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

/**
 * Ends the process by the signal that stopped it, should something still keep it alive that cannot be stopped: a list from
 * a pipe, for one, that nobody writes to.
 */
function endSoon(exitCode: number | undefined): void {
  const signal = exitCode === EXIT_CODES.terminated ? "SIGTERM" : "SIGINT";
  setTimeout(() => process.kill(process.pid, signal), END_SOON_MS).unref();
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
    if (parsed.outcome !== "usage") {
      output.print(text);
      return EXIT_CODES.ok;
    }
    output.note(text);
    return EXIT_CODES.usage;
  } catch (error) {
    if (error instanceof StoppedError) {
      endSoon(stopSwitch.exitCode);
      return stopSwitch.exitCode ?? EXIT_CODES.interrupted;
    }
    const known = knownError(error);
    if (known !== undefined) {
      output.note(`*** ${harmless(known.message)}`);
      return known.exitCode;
    }
    const { DEBUG: debug } = process.env;
    output.note(`*** unexpected error: ${debug ? inspect(error) : withCause(error)}`);
    return EXIT_CODES.unexpected;
  }
}

/** In one line; the error of a worker says only by its cause what went wrong there. */
function withCause(error: unknown): string {
  const message = errorMessage(error);
  if (!types.isNativeError(error) || error.cause === undefined) return message;
  return `${message}: ${errorMessage(error.cause)}`;
}

/** What to say, and to answer, about an error that a user can do something about. */
function knownError(
  error: unknown,
): { readonly exitCode: number; readonly message: string } | undefined {
  if (isWithoutFolder(error)) {
    return {
      exitCode: EXIT_CODES.cannotWrite,
      message: "the current folder is not there any more",
    };
  }
  const exitCode = exitCodeOf(error);
  return exitCode === undefined || !types.isNativeError(error)
    ? undefined
    : { exitCode, message: error.message };
}

/** Node cannot tell where it stands, and so not where any path leads. */
function isWithoutFolder(error: unknown): boolean {
  return types.isNativeError(error) && "syscall" in error && error.syscall === "uv_cwd";
}

function exitCodeOf(error: unknown): number | undefined {
  if (error instanceof InputError) return EXIT_CODES.usage;
  if (error instanceof DestinationError || error instanceof ReportError) {
    return EXIT_CODES.cannotWrite;
  }
  if (error instanceof ServerStartError) return EXIT_CODES.failed;
  return undefined;
}

async function run(
  options: MainOptions,
  given: CommandLine,
  output: Output,
  stopSwitch: StopSwitch,
): Promise<number> {
  const { programName: program } = options;
  const { signal } = stopSwitch;
  const commandLine = await withUserPaths(given);
  const { format, report } = commandLine;
  if (report === "-" || commandLine.gallery === "-") output.divert();
  const directory = commandLine.out ?? (await findDestination());
  const manifest = await readManifestFile(commandLine.manifest, signal);
  if (commandLine.verify) {
    await checkReports({ report, gallery: undefined });
    const items = commandLine.urls === undefined ? undefined : await listItems(commandLine, signal);
    const versions = await VersionCache.open(directory, false);
    const expectations = { manifest, versions, items };
    // What else there is has no part in it.
    const paths = { ...commandLine, gallery: undefined, cacert: undefined };
    const verification = { program, directory, expectations, format, paths };
    return await runVerification(verification, output, signal);
  }
  const ca = await readCertificates(commandLine.cacert, signal);
  const items = await listItems(commandLine, signal);
  await assertApart(commandLine, directory, () => items.map(({ fileName }) => fileName));
  const { ignoredBecauseOf, ignoredCodes } = commandLine;
  if (ignoredBecauseOf !== undefined) {
    const codes = ignoredCodes.slice(0, 10).join(" ");
    output.note(`Country codes are ignored because of ${ignoredBecauseOf}: ${codes}`);
  }
  if (commandLine.dryRun) {
    await checkReports({ report, gallery: undefined });
    await reportDryRun(program, items, commandLine, output, signal);
    return items.some(({ fault }) => fault !== undefined) ? EXIT_CODES.failed : EXIT_CODES.ok;
  }
  await prepareDestination(directory);
  await checkReports(commandLine);
  const { server, note } = await provideServer({
    ...commandLine,
    ownBaseUrl: commandLine.ownBaseUrl || commandLine.urls !== undefined,
    startServer: options.startServer,
  });
  try {
    if (note !== undefined) output.note(note);
    return await runDownloads(
      { options, commandLine, directory, items, manifest, ca },
      output,
      stopSwitch,
    );
  } finally {
    await server?.stop();
  }
}
