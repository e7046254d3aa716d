export { FLAG_COUNTRY_CODES } from "./country-codes.js";
export { launchFlagServer, type FlagServerExit, type LaunchedFlagServer } from "./launch.js";
export type { FlagListenerStats } from "./listener.js";
export { flagManifest, type FlagImage, type FlagManifest } from "./manifest.js";
export { FLAG_LISTENER_LABELS, type FlagListenerLabel, type FlagServerOptions } from "./options.js";
export { startFlagServer, type FlagServer } from "./start.js";
