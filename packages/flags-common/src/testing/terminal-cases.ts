import { CLI_CASES, type CliCase } from "./cli-cases.js";
import type { OpenEmulator } from "./screen.js";
import type { Terminal } from "./terminal.js";

/** One of `CLI_CASES` on a kind of terminal. */
export interface TerminalCase {
  readonly title: string;
  readonly cliCase: CliCase;
  readonly terminal: Terminal;
}

/** Reports in which something is longer than a row of 40 columns, and one of each kind of end. */
const ON_NARROW = [
  "without arguments, the 20 most populous countries",
  "-v prints one line per flag",
  "up to 10 codes are listed",
  "-e beats codes, which are not even checked",
  "['-s' 'NOPE'] is refused",
  "[-m x] is refused by the parser",
  "[--gallery ../../../../../../../../dev/null/b.html us] names the path as it was given",
];

/** What tells a program whether to use colours. */
const COLORS: readonly NodeJS.ProcessEnv[] = [{ NO_COLOR: "1" }, { FORCE_COLOR: "1" }, {}];

/** All of `CLI_CASES` on a terminal of 80 columns, and some on 40, with colours and without. */
export function terminalCases(open: OpenEmulator): TerminalCase[] {
  const wide = CLI_CASES.map((cliCase) => ({
    title: `${cliCase.title}, 80 columns`,
    cliCase,
    terminal: { open, columns: 80 },
  }));
  const narrow = ON_NARROW.map((title, index) => {
    const cliCase = CLI_CASES.find((one) => one.title === title);
    if (cliCase === undefined) throw new Error(`there is no case called: ${title}`);
    const env = COLORS[index % COLORS.length] ?? {};
    const colors = Object.keys(env).map((name) => `, ${name}`);
    return {
      title: `${title}, 40 columns${colors.join("")}`,
      cliCase,
      terminal: { open, columns: 40, env },
    };
  });
  return [...wide, ...narrow];
}
