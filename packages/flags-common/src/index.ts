export {
  parseCommandLine,
  type CommandLine,
  type CommandLineDefinition,
  type FailOn,
  type ParsedCommandLine,
} from "./cli.js";
export { COUNTRY_CODES, expandCodes, POP20_CODES, type CodeSelection } from "./country-codes.js";
export { DestinationError } from "./destination-error.js";
export { findDestination, prepareDestination } from "./destination.js";
export { downloadFlag, type DownloadFlagOptions } from "./download-flag.js";
export type { DownloadMany, DownloadObserver, DownloadPlan } from "./download-plan.js";
export {
  assertAllCounted,
  newCounts,
  type DownloadCounts,
  type DownloadStatus,
} from "./download-status.js";
export { EXIT_CODES } from "./exit-codes.js";
export { fetchFlag, type FetchFlagOptions } from "./fetch-flag.js";
export { createFlagClient, type FlagClient, type FlagClientOptions } from "./flag-client.js";
export type {
  DownloadResult,
  FetchedFlag,
  FetchResult,
  FlagErrorCode,
  FlagFailure,
  FlagNotFound,
  FlagNotStarted,
  SavedFlag,
} from "./flag-result.js";
export { main, type MainOptions } from "./main.js";
export type { LocalServerLabel, RunningServer, StartServer } from "./provide-server.js";
export { finalReport, initialReport, resultLine } from "./report.js";
export { saveFlag } from "./save-flag.js";
export { DEFAULT_SERVER, isServerLabel, SERVERS, type ServerLabel } from "./servers.js";
