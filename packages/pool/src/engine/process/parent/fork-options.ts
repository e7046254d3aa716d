import type { Environment } from "../../workers/environment.js";

/** Options of the processes themselves. */
export interface ProcessOptions {
  env?: Environment | undefined;
  execArgv?: readonly string[] | undefined;
  /** The program of the processes. */
  readonly file: string;
}

/** Options of Node that belong to the program as it was started, and not to a file of its own. */
const OWN_OPTIONS =
  /^(-e|-p|-pe|--eval|--print|--input-type|--inspect\S*|--max-old-space-size)(=|$)/;
const WITH_TEXT = /^(-e|-p|-pe|--eval|--print)$/;

/** Makes what `fork` is given. */
export function forkOptions({ env, execArgv }: ProcessOptions): Record<string, unknown> {
  return {
    serialization: "advanced",
    execArgv: execArgv === undefined ? inheritedOptions(process.execArgv) : [...execArgv],
    ...(env && { env: { ...env } }),
  };
}

/**
 * The options that this process was started with, for a child. workerpool adds the port of a debugger and the limit of the
 * heap by itself.
 */
function inheritedOptions(execArgv: readonly string[]): string[] {
  const inherited: string[] = [];
  for (let at = 0; at < execArgv.length; at += 1) {
    const option = execArgv[at] ?? "";
    if (!OWN_OPTIONS.test(option)) inherited.push(option);
    else if (WITH_TEXT.test(option) && !(execArgv[at + 1] ?? "-").startsWith("-")) at += 1;
  }
  return inherited;
}
