/** How a program ended, and what it printed. */
export interface WatchedEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function runWatched(
  args: readonly string[],
  options?: { ulimit?: number | undefined; quietMs?: number; cwd?: string },
): Promise<WatchedEnd>;
