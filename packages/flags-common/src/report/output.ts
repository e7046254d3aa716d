/** The one writer of a run: whole lines, in the order in which they come. */
export class Output implements AsyncDisposable {
  readonly #onStdoutError: (error: Error) => void;
  #report: NodeJS.WriteStream = process.stdout;

  /** @param onStdoutError - Called when stdout takes no more, for instance with EPIPE after `| head`. */
  constructor(onStdoutError: (error: Error) => void) {
    this.#onStdoutError = onStdoutError;
    process.stdout.on("error", this.#onStdoutError);
    process.stderr.on("error", ignore);
  }

  /** From now on the report goes to stderr: stdout is for a document. */
  divert(): void {
    this.#report = process.stderr;
  }

  /** Prints a document to stdout. */
  document(text: string): void {
    process.stdout.write(text);
  }

  /** Prints lines of the report to stdout. */
  print(...lines: readonly string[]): void {
    this.#report.write(lines.map((line) => `${line}\n`).join(""));
  }

  /** Prints a remark to stderr. */
  note(line: string): void {
    process.stderr.write(`${line}\n`);
  }

  /** Waits until all is written or has failed. */
  async flush(): Promise<void> {
    await Promise.all([drain(process.stdout), drain(process.stderr)]);
  }

  /** Flushes and lets go of the streams. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush();
    process.stdout.off("error", this.#onStdoutError);
    process.stderr.off("error", ignore);
  }
}

/** There is nowhere left to complain to. */
function ignore(): void {
  // Nothing to do.
}

function drain(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write("", () => {
      resolve();
    });
  });
}
