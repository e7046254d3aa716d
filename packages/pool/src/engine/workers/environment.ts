import { SHARE_ENV } from "node:worker_threads";
import { describe } from "../../internal/validate.js";

/** The environment of workers. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Checks the environment of workers, and copies it. What is undefined is left out: a thread would be given the text "undefined".
 *
 * @throws {TypeError} For anything but an object of strings.
 */
export function checkEnvironment(env: unknown): Environment | undefined {
  if (env === undefined) return undefined;
  if (env === SHARE_ENV) {
    throw new TypeError(
      "env cannot be SHARE_ENV: a process has an environment of its own; process.env gives it a copy",
    );
  }
  if (typeof env !== "object" || env === null || Array.isArray(env)) {
    throw new TypeError(`env must be an object of strings, not ${describe(env)}`);
  }
  const copy: Record<string, string> = {};
  for (const [name, value] of Object.entries(env) as [string, unknown][]) {
    if (value === undefined) continue;
    if (typeof value !== "string") {
      throw new TypeError(`env.${name} must be a string, not ${describe(value)}`);
    }
    copy[name] = value;
  }
  return copy;
}

/** The same for threads, which can also have the environment of this process. */
export function checkThreadEnvironment(env: unknown): Environment | typeof SHARE_ENV | undefined {
  return env === SHARE_ENV ? SHARE_ENV : checkEnvironment(env);
}

/** Checks options of Node, and copies them. @throws {TypeError} For anything but an array of strings. */
export function checkNodeOptions(execArgv: unknown): readonly string[] | undefined {
  if (execArgv === undefined) return undefined;
  if (!Array.isArray(execArgv)) {
    throw new TypeError(`execArgv must be an array of strings, not ${describe(execArgv)}`);
  }
  const options: unknown[] = execArgv.slice();
  options.forEach((option, index) => {
    if (typeof option !== "string") {
      throw new TypeError(`execArgv[${index}] must be a string, not ${describe(option)}`);
    }
  });
  return options as string[];
}
