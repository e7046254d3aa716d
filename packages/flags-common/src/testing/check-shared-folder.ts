import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { NO_LIMITS } from "./patience.js";
import type { ProgramResult } from "./start-program.js";
import { openWorkplace, readCounts, type ProgramUnderTest } from "./workplace.js";

/** Two runs that share a folder. */
export interface SharedFolderCase {
  readonly title: string;
  /** The arguments of each of them. */
  readonly runs: readonly [readonly string[], readonly string[]];
  /** How many files are there at last. */
  readonly files: number;
  /** How large each of them is, about: as small as can be, or more than is held in memory. */
  readonly bytes: number;
}

const SOME = ["-l10"];
const LETTERS = [
  ["-l10", "a", "b"],
  ["-l10", "b", "a"],
] as const;

/** The same files, others, and some of both; small ones and such as go to the disk in pieces. */
export const SHARED_FOLDER_CASES: readonly SharedFolderCase[] = [
  { title: "the same files", runs: [SOME, SOME], files: 10, bytes: 0 },
  { title: "the same large files", runs: [SOME, SOME], files: 10, bytes: 1_000_000 },
  { title: "other files", runs: [["a"], ["b"]], files: 52, bytes: 0 },
  { title: "some of the same files", runs: LETTERS, files: 10, bytes: 1_000_000 },
  {
    title: "the same files, which both can resume and remember",
    runs: [
      ["--resume", "--etag", ...SOME],
      ["--resume", "--etag", ...SOME],
    ],
    files: 10,
    bytes: 1_000_000,
  },
];

/** Tells whether programs can be run here in containers of their own, each as process 1. */
export function hasContainers(): boolean {
  return String(spawnSync("unshare", [...CONTAINER, "sh", "-c", "echo $$"]).stdout) === "1\n";
}

const CONTAINER = ["--user", "--map-root-user", "--pid", "--fork", "--mount-proc"];

/**
 * Starts a program twice in one folder: the second when the first is in the midst of its files, which both end together.
 *
 * @param where - In containers both have the same process id, and neither sees the other. See {@link hasContainers}.
 * @throws {AssertionError} When one of them fails, or something else than whole files is left.
 */
export async function assertSharesFolder(
  program: ProgramUnderTest,
  { runs, files, bytes }: SharedFolderCase,
  where: "here" | "in containers",
): Promise<void> {
  await using server = await startHalfServer(bytes);
  await using workplace = await openWorkplace(program);
  const command = where === "here" ? [] : ["unshare", ...CONTAINER];
  let ended = 0;
  const start = async (args: readonly string[]): Promise<ProgramResult> => {
    const all = [`-m${WIDTH}`, ...NO_LIMITS, "--base-url", server.baseUrl, ...args];
    const result = await workplace.start(all, { command }).result;
    ended += 1;
    return result;
  };
  const directory = join(workplace.path, "downloads");
  const first = start(runs[0]);
  const isUnderWay = (): boolean =>
    server.requests() === WIDTH && (bytes < ON_DISK || countParts(directory) === WIDTH);
  // One that ends here has failed.
  while (!isUnderWay() && ended === 0) await setTimeout(LOOK_AGAIN_MS);
  const second = start(runs[1]);
  while (server.requests() < 2 * WIDTH && ended === 0) await setTimeout(LOOK_AGAIN_MS);
  server.sendAll();
  for (const { exitCode, stdout, stderr } of [await first, await second]) {
    const { error, notFound } = readCounts(stdout);
    assert.deepEqual({ exitCode, stderr, error, notFound }, SUCCESS, stdout);
  }
  const names = await workplace.files();
  const flags = names.filter((name) => name !== ".versions.json");
  assert.equal(flags.length, files, names.join(" "));
  for (const name of flags) {
    const content = await readFile(join(directory, name), "latin1");
    assert.equal(content, gifOf(name, bytes), name);
  }
}

const WIDTH = 5;
/** Both runs need the cores more than who waits for them. */
const LOOK_AGAIN_MS = 5;
/** The first half of a file that is so large, and more, is on the disk before the second half comes. */
const ON_DISK = 900_000;

function countParts(directory: string): number {
  if (!existsSync(directory)) return 0;
  return readdirSync(directory).filter((name) => /^\.\w\w\.gif\..*\.part$/.test(name)).length;
}

function gifOf(name: string, bytes: number): string {
  return `GIF89a${name.padEnd(bytes)};`;
}

/** A server that sends the first half of each file at once, and the rest when it is told to. */
async function startHalfServer(bytes: number): Promise<
  AsyncDisposable & {
    readonly baseUrl: string;
    readonly requests: () => number;
    readonly sendAll: () => void;
  }
> {
  const waiting = new Map<ServerResponse, string>();
  let requests = 0;
  let isOpen = false;
  const server = createServer(({ url = "" }, response) => {
    requests += 1;
    const gif = gifOf(/\w\w\.gif/.exec(url)?.[0] ?? "", bytes);
    const half = Math.floor(gif.length / 2);
    response.writeHead(200, { ETag: `"${url}"`, "Content-Length": gif.length });
    response.write(gif.slice(0, half));
    if (isOpen) response.end(gif.slice(half));
    else waiting.set(response, gif.slice(half));
  });
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/flags`,
    requests: () => requests,
    sendAll() {
      isOpen = true;
      for (const [response, rest] of waiting) response.end(rest);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const SUCCESS = { exitCode: 0, stderr: "", error: 0, notFound: 0 };
