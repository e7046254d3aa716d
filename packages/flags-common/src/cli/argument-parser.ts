import { ArgumentParser, ArgumentTypeError } from "argparse";
import { maskedText } from "../shared/mask-secrets.js";

/** Thrown by {@link CommandLineParser} instead of leaving the process: what to print, and where. */
export class ParserExit extends Error {
  override readonly name = "ParserExit";

  /**
   * @param outcome - `help` belongs on stdout with exit code 0, `usage` on stderr with exit code 2.
   * @param text - Ends with a line feed.
   */
  constructor(
    readonly outcome: "help" | "usage",
    readonly text: string,
  ) {
    super(text);
  }
}

/** Python's argparse, with its words, that neither prints nor leaves the process by itself. */
export class CommandLineParser extends ArgumentParser {
  /** The action of `-h` prints and then leaves; throwing here stops it at the first of the two. */
  override print_help(): never {
    throw new ParserExit("help", this.format_help());
  }

  /** What argparse itself finds wrong: usage first, as in Python. */
  override error(message: string): never {
    // It repeats what was written, which may be an address with a password.
    const safe = maskedText(message);
    throw new ParserExit("usage", `${this.format_usage()}${this.prog}: error: ${safe}\n`);
  }

  /** What the program finds wrong: in the words of the Python programs, usage last. */
  usageError(message: string): never {
    throw new ParserExit("usage", `*** Usage error: ${message}\n${this.format_usage()}`);
  }
}

/**
 * Makes a `type` for argparse out of a parser that answers `undefined` for bad input.
 *
 * @param typeName - As Python would name it in `invalid int value: 'x'`.
 */
export function argumentType<T>(
  typeName: string,
  parse: (text: string) => T | undefined,
): (text: string) => T {
  return (text) => {
    const value = parse(text);
    if (value === undefined) {
      throw new ArgumentTypeError(`invalid ${typeName} value: '${text}'`);
    }
    return value;
  };
}
