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
};

/** Writes options as the arguments that the command line reads back to the same options. */
export function toArguments(options: FlagServerOptions): string[] {
  const names = Object.keys(OPTION_NAMES) as (keyof FlagServerOptions)[];
  return (
    names
      .filter((name) => options[name] !== undefined)
      // One word, "--seed=-1": a value that begins with a dash must not look like an option.
      .map((name) => `${OPTION_NAMES[name]}=${String(options[name])}`)
  );
}
