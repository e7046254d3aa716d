export type { FlagListenerStats } from "./counters.js";
export { FLAG_COUNTRY_CODES } from "./country-codes.js";
export type { JournalEntry, JournalQuery } from "./journal.js";
export { launchFlagServer, type FlagServerExit, type LaunchedFlagServer } from "./launch.js";
export { FLAG_LISTENER_LABELS, type FlagListenerLabel } from "./listener-label.js";
export { flagManifest, type FlagImage, type FlagManifest } from "./manifest.js";
export type { FlagServerOptions } from "./options.js";
export type { FlagServerFile, FlagServerFiles } from "./own-files.js";
export type {
  BadTrailerFault,
  ContentTypeFault,
  DelayedPart,
  DelayFault,
  DripFault,
  Fault,
  FaultDelay,
  FaultKind,
  GarbageFault,
  GzipFault,
  HangFault,
  HtmlFault,
  InformationalFault,
  PassFault,
  RedirectFault,
  ResetFault,
  SlowAcceptFault,
  StatusFault,
  TrailersFault,
  TruncateFault,
  WrongLengthFault,
} from "./rules/fault.js";
export type { KeyAndCertificate } from "./tls/certificate.js";
export type { ResponseFields } from "./response-fields.js";
export type { FieldMatch, FieldMatches } from "./rules/field-test.js";
export type { FaultProfileName } from "./rules/profiles.js";
export type { FaultLimits, FaultProfile, FaultRule, FaultShare, RuleMatch } from "./rules/rule.js";
export { startFlagServer, type FlagServer } from "./start.js";
