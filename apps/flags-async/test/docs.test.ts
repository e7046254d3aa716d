import { spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { launchFlagServer, type LaunchedFlagServer } from "@concur/flag-server";
import { NO_LIMITS } from "@concur/flags-common/testing";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { program } from "./fixtures/harness.js";

// The page for those who come from curl: its examples, each as a reader would type it, and the options that it names.
const PAGE = fileURLToPath(
  new URL("../../../docs/download-a-list-like-curl-does.md", import.meta.url),
);
const ITS_SERVER = "localhost:8001";

let page: string;
let folder: string;
let server: LaunchedFlagServer<"LOCAL">;

beforeAll(async () => {
  page = await readFile(PAGE, "utf8");
  folder = await mkdtemp(join(tmpdir(), "flags-docs-"));
  // Of a process of its own: what follows waits for each command.
  server = await launchFlagServer({ port: 0, listeners: ["LOCAL"] });
  await mkdir(join(folder, "bin"));
  const command = join(folder, "bin", "flags-async");
  const limits = NO_LIMITS.join(" ");
  await writeFile(
    command,
    `#!/bin/sh\nexec "${process.execPath}" "${program.entry}" ${limits} "$@"\n`,
  );
  await chmod(command, 0o755);
});

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

/** As on the page: its server, and no times. */
function masked(text: string): string {
  const { host } = new URL(server.urls.LOCAL);
  return text.replaceAll(host, ITS_SERVER).replace(/^(Elapsed time: )\d+\.\d+s$/gm, "$10.00s");
}

function run(commandLine: string): string {
  const { host } = new URL(server.urls.LOCAL);
  const env = {
    ...process.env,
    PATH: `${join(folder, "bin")}${delimiter}${process.env["PATH"] ?? ""}`,
  };
  const line = `{ ${commandLine.replaceAll(ITS_SERVER, host)}; } 2>&1`;
  const { stdout } = spawnSync("sh", ["-c", line], { cwd: folder, env, encoding: "utf8" });
  return masked(stdout);
}

describe("docs/download-a-list-like-curl-does.md", () => {
  test("each example prints what the page says", async () => {
    for (const [, name = "", content = ""] of page.matchAll(
      /^```text file=(\S+)\n([^]*?)^```$/gm,
    )) {
      const { host } = new URL(server.urls.LOCAL);
      await writeFile(join(folder, name), content.replaceAll(ITS_SERVER, host));
    }
    const shown: string[] = [];
    const printed: string[] = [];
    for (const [, block = ""] of page.matchAll(/^```console\n([^]*?)^```$/gm)) {
      shown.push(masked(block));
      const commands = block.split("\n").filter((line) => line.startsWith("$ "));
      printed.push(commands.map((line) => `${line}\n${run(line.slice(2))}`).join(""));
    }
    expect(shown.length).toBeGreaterThan(0);
    // With -v the files come in any order.
    const inOrder = (blocks: readonly string[]) =>
      blocks.map((block) => block.split("\n").sort().join("\n"));
    expect(inOrder(printed)).toEqual(inOrder(shown));
  });

  test("each option that it names is there", () => {
    const help = run("flags-async --help");
    const rows = [...page.matchAll(/^\| `[^|]*\| ([^|]*?) *\|/gm)].map(([, ours = ""]) => ours);
    const options = rows.flatMap((ours) => ours.match(/(?<=`)--?[\w-]+/g) ?? []);
    expect(options.length).toBeGreaterThan(20);
    expect(
      options.filter((option) => !new RegExp(`(^|[\\s,])${option}\\b`, "m").test(help)),
    ).toEqual([]);
  });
});
