import { resolve } from "node:path";
import type { CommandLine } from "../cli/command-line.js";
import { findUserDirectory } from "../save/destination.js";

/** The options that name files and folders. */
const PATH_OPTIONS = ["from", "urls", "out", "manifest", "report", "gallery", "cacert"] as const;

/**
 * Looks for all paths of a command line where the user stands, which is not where pnpm and npm run a script. Elsewhere
 * they stay as they were written, so that messages show them so.
 */
export async function withUserPaths(commandLine: CommandLine): Promise<CommandLine> {
  const userDirectory = await findUserDirectory();
  if (userDirectory === process.cwd()) return commandLine;
  const paths: Partial<Record<(typeof PATH_OPTIONS)[number], string>> = {};
  for (const name of PATH_OPTIONS) {
    const path = commandLine[name];
    if (path !== undefined && path !== "-") paths[name] = resolve(userDirectory, path);
  }
  return { ...commandLine, ...paths };
}
