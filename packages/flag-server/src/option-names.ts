import type { FlagServerOptions } from "./options.js";

/** What each option is called on the command line. */
export const OPTION_NAMES: Readonly<Record<keyof FlagServerOptions, string>> = {
  host: "--host",
  port: "--port",
  listeners: "--only",
  seed: "--seed",
  delayMs: "--delay-ms",
  errorRate: "--error-rate",
  delayRate: "--delay-rate",
  graceMs: "--grace-ms",
  profile: "--profile",
  rules: "--rules",
  files: "--files",
  tls: "--tls",
  faultHeaders: "--fault-headers",
  control: "--control",
  controlPort: "--control-port",
  controlHost: "--control-host",
  controlToken: "--control-token",
};
