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
  faultHeaders: "--fault-headers",
  control: "--control",
  controlPort: "--control-port",
};

/** Writes options as the arguments that the command line reads back to the same options. */
export function toArguments(options: FlagServerOptions): string[] {
  const names = Object.keys(OPTION_NAMES) as (keyof FlagServerOptions)[];
  const { control = options.controlPort !== undefined } = options;
  return [
    ...names
      .filter((name) => name !== "control" && options[name] !== undefined)
      .flatMap((name) => toArgument(OPTION_NAMES[name], options[name])),
    // The command line opens it by default, the functions do not.
    control ? "--control" : "--no-control",
  ];
}

function toArgument(name: string, value: unknown): string[] {
  if (typeof value === "boolean") return value ? [name] : [];
  const isData = typeof value === "object" && name !== OPTION_NAMES.listeners;
  // One word, "--seed=-1": a value that begins with a dash must not look like an option.
  return [`${name}=${isData ? JSON.stringify(value) : String(value)}`];
}
