export {
  attemptDownload,
  type AttemptRequest,
  type AttemptResult,
  type AttemptSaved,
  type AttemptTools,
} from "./attempt/attempt-download.js";
export { parseCommandLine, type CommandLine, type ParsedCommandLine } from "./cli/command-line.js";
export { EXIT_CODES } from "./cli/exit-codes.js";
export type { CommandLineDefinition, FailOn, OwnOption } from "./cli/options.js";
export { DEFAULT_SERVER, isServerLabel, SERVERS, type ServerLabel } from "./cli/servers.js";
export type { Timing } from "./fetch/fetch-file.js";
export { fetchFlag, flagUrl, type FetchFlagOptions } from "./fetch/fetch-flag.js";
export { createFlagClient, type FlagClient, type FlagClientOptions } from "./fetch/flag-client.js";
export type {
  Failure,
  FetchedFlag,
  FetchResult,
  FlagErrorCode,
  FlagFailure,
  FlagNotFound,
} from "./fetch/flag-result.js";
export type { RedirectHosts } from "./fetch/redirect.js";
export type { RequestHeaders } from "./fetch/request-headers.js";
export type { Validators } from "./fetch/validators.js";
export {
  COUNTRY_CODES,
  expandCodes,
  POP20_CODES,
  type CodeSelection,
} from "./input/country-codes.js";
export { flagItems, type DownloadItem } from "./input/item.js";
export { main, type MainOptions } from "./main.js";
export type { DownloadRecord, RunReport } from "./report/record.js";
export type { Percentiles, RunSummary } from "./report/run-summary.js";
export { finalReport, initialReport, resultLine, type RunHeading } from "./report/text.js";
export type { Attempt, DownloadMany, DownloadObserver, DownloadPlan } from "./run/download-plan.js";
export {
  notStarted,
  type DownloadFailure,
  type DownloadResult,
  type FileNotFound,
  type NotStarted,
  type SavedFile,
  type UnchangedFile,
} from "./run/download-result.js";
export {
  assertAllCounted,
  newCounts,
  type DownloadCounts,
  type DownloadStatus,
} from "./run/download-status.js";
export { WorkList } from "./run/work-list.js";
export type { LocalServerLabel, RunningServer, StartServer } from "./run/provide-server.js";
export { DestinationError } from "./save/destination-error.js";
export { findDestination, prepareDestination } from "./save/destination.js";
export { saveNow, type SaveFile } from "./save/save-whole.js";
export { SavingThread } from "./save/saving-thread.js";
export { saveFlag } from "./save/save-flag.js";
