/** The exit codes of the download programs. */
export const EXIT_CODES = {
  /** Every flag was downloaded or does not exist. */
  ok: 0,
  /** Some downloads failed (see `--fail-on`), or the local server could not be started. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** The files cannot be written: no permission, not a folder, disk full. */
  cannotWrite: 3,
  /** A mistake in the program itself. */
  unexpected: 70,
  /** Ctrl-C. */
  interrupted: 130,
  /** Nobody reads the output any more, as in `... -v | head -1`: 128 + SIGPIPE. */
  brokenPipe: 141,
  /** SIGTERM. */
  terminated: 143,
} as const;
