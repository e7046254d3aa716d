// Runs the commands of the READMEs as a user types them, in this clone, each on a terminal of its own, and looks at what
// stands there in the end, at the exit code and at the files. Prints a line for each, and one with the counts.
import { existsSync, readFileSync, rmSync, statSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import xterm from "@xterm/headless";
import {
  hasTerminals,
  reserveDefaultPorts,
  startCommandOnTerminal,
} from "../packages/flags-common/dist/testing.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const downloads = join(root, "downloads");
/** For what hangs; the first command may have to install and to build. */
const LIMIT_MS = 15 * 60_000;

const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const pnpm = ["npx", "-y", packageManager];

const NUMBER = String.raw`\d+`;
const ELAPSED = String.raw`Elapsed time: \d+\.\d\ds`;
const noServer = (port) => `No server at localhost:${port}: started one for this run\\.`;

/** Regular expressions for the lines of a report. */
const report = (label, port, search, connections, ...ends) => [
  noServer(port),
  `${label} site: http://localhost:${port}/flags`,
  `Searching for ${search}`,
  `${connections} concurrent connections will be used\\.`,
  "-{20}",
  ...ends,
];

const TOP_20 = [
  ...report("LOCAL", 8001, "20 flags: from BD to VN", 5),
  "20 flags downloaded\\.",
  ELAPSED,
];

const commands = [
  ...[
    { columns: 80 },
    { columns: 80, env: { NO_COLOR: "1" } },
    { columns: 40 },
    { columns: 40, env: { FORCE_COLOR: "1" } },
  ].map((terminal) => ({ args: ["start"], terminal, lines: TOP_20, files: 20 })),
  ...[
    { app: "flags-async", width: 5 },
    { app: "flags-threaded", width: 30 },
  ].flatMap(({ app, width }) => {
    const start = ["--filter", app, "start"];
    return [
      {
        args: [...start, "-a"],
        lines: [
          ...report("LOCAL", 8001, "194 flags: from AD to ZW", width),
          "194 flags downloaded\\.",
          ELAPSED,
        ],
        files: 194,
      },
      {
        args: [...start, "-s", "ERROR", "-e", "-m", "50"],
        exitCode: 1,
        lines: [
          ...report("ERROR", 8003, "676 flags: from AA to ZZ", 50),
          `${NUMBER} flags downloaded\\.`,
          `${NUMBER} not found\\.`,
          `${NUMBER} errors\\.`,
          ELAPSED,
          `\\*\\*\\* ${NUMBER} errors: ${NUMBER} × HTTP 50\\d - .*`,
        ],
        // pnpm has something to say about the exit code.
        more: true,
        files: 100,
      },
      {
        args: [...start, "-h"],
        terminal: { columns: 40 },
        lines: [`usage: ${app} \\[-h\\].*`],
        more: true,
      },
      {
        args: [...start, "-v", "us", "br", "xx"],
        lines: ["2 flags downloaded\\.", "1 not found\\.", ELAPSED],
        files: 2,
      },
    ];
  }),
  {
    args: ["--filter", "cli-bench", "start", "arcfour", "2", "--executor", "thread"],
    lines: [
      ...Array(12).fill(String.raw`\d+\.\d KB`),
      String.raw`2 workers, elapsed time: \d+\.\d\ds`,
    ],
  },
];

/** How many flags in the folder are newer than a moment. */
function newFiles(sinceMs) {
  if (!existsSync(downloads)) return 0;
  const names = readdirSync(downloads).filter((name) => name.endsWith(".gif"));
  return names.filter((name) => statSync(join(downloads, name)).mtimeMs >= sinceMs).length;
}

/** Says what is wrong with a command, or nothing. */
async function check({
  args,
  terminal = { columns: 80 },
  exitCode = 0,
  lines,
  more = false,
  files = 0,
}) {
  // File systems may keep whole seconds.
  const sinceMs = Math.floor(Date.now() / 1000) * 1000;
  const open = (size) => new xterm.Terminal({ ...size, allowProposedApi: true });
  const program = startCommandOnTerminal([...pnpm, ...args], { cwd: root }, { open, ...terminal });
  const watchdog = setTimeout(() => program.child.kill("SIGKILL"), LIMIT_MS);
  const result = await program.result;
  clearTimeout(watchdog);
  const shown = result.lines.join("\n");
  const fits = new RegExp(`(^|\n)${lines.join("\n")}${more ? "(\n|$)" : "$"}`);
  const wrongs = [
    result.exitCode === exitCode ? "" : `the exit code is ${result.exitCode}, not ${exitCode}`,
    fits.test(shown) ? "" : `there is no\n${lines.join("\n")}`,
    // What pnpm adds may end with an empty line.
    more || result.isInOrder ? "" : "the cursor or the wrapping is not as it was",
    newFiles(sinceMs) >= files ? "" : `${newFiles(sinceMs)} files arrived, not ${files}`,
  ].filter((wrong) => wrong !== "");
  return wrongs.length === 0
    ? undefined
    : `${wrongs.join("\n")}\nOn the terminal stands:\n${shown}`;
}

if (!hasTerminals()) {
  console.log(`skipped: the commands of the READMEs (there is no \`script\` of util-linux)`);
  process.exit();
}
const hadDownloads = existsSync(downloads);
const counts = { passed: 0, failed: 0 };
for (const command of commands) {
  const { columns, env = {} } = command.terminal ?? { columns: 80 };
  const place = [`${columns} columns`, ...Object.keys(env)].join(", ");
  const title = `${[...pnpm, ...command.args].join(" ")} (${place})`;
  let wrong;
  try {
    // Another run of this program waits until these are free, and this one for it.
    const ports = await reserveDefaultPorts();
    try {
      wrong = await check(command);
    } finally {
      await ports[Symbol.asyncDispose]();
    }
  } catch (error) {
    wrong = error.message;
  }
  counts[wrong === undefined ? "passed" : "failed"] += 1;
  console.log(wrong === undefined ? `passed: ${title}` : `FAILED: ${title}\n${wrong}`);
}
if (!hadDownloads) rmSync(downloads, { recursive: true, force: true });
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 ? 0 : 1;
