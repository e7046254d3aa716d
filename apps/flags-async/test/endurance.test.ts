import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { launchFlagServer } from "@concur/flag-server";
import {
  FAULT_CASES,
  NO_LIMITS,
  readCounts,
  startFaultServer,
  startGatedServer,
  totalOf,
  untilPrinted,
} from "@concur/flags-common/testing";
import { describe, expect, test } from "@jest/globals";
// @boundaries-ignore what all tests share stands at the top
import { describeWhere } from "../../../jest.where.mjs";
import { openWorkplace } from "./fixtures/harness.js";

describe("flags-async at any width survives", () => {
  // All of them at once, and twice as many as are let go at once.
  test.each(FAULT_CASES.flatMap((fault) => [30, 1000].map((width) => ({ ...fault, width }))))(
    "$title, $width wide",
    async ({ answer, args, reason, width }) => {
      await using server = await startFaultServer(answer);
      await using workplace = await openWorkplace();
      const all = [
        "-e",
        "-l60",
        "-m",
        String(width),
        ...NO_LIMITS,
        ...args,
        "--base-url",
        server.baseUrl,
      ];
      const result = await workplace.start(all).result;
      expect(result.exitCode).toBe(1);
      const counts = readCounts(result.stdout);
      expect(totalOf(counts)).toBe(60);
      expect(counts.error).toBe(60);
      expect(result.stderr).toBe(`*** 60 errors: 60 × ${reason}\n`);
      expect(await workplace.files()).toEqual([]);
    },
  );
});

describe("flags-async is stopped", () => {
  test("by SIGINT at any moment: everything is accounted for, nothing is left over", async () => {
    await using server = await launchFlagServer({ port: 0, listeners: ["ERROR"], delayMs: 30 });
    // Before the first file, after it, and after as many as it is told to do at once.
    for (const lines of [0, 1, 30, 100]) {
      await using workplace = await openWorkplace();
      const args = [
        "-v",
        "-e",
        "-m",
        "30",
        "--retries",
        "3",
        ...NO_LIMITS,
        "--base-url",
        server.urls.ERROR,
      ];
      const program = workplace.start(args);
      await untilPrinted(program, new RegExp(`will be used\\.\\n(.*\\n){${lines}}`));
      program.child.kill("SIGINT");
      const result = await program.result;
      const finished = result.exitCode !== 130;
      // It may have been faster than the signal.
      expect(finished ? [0, 1] : [130]).toContain(result.exitCode);
      expect(result.stderr).toBe("");
      const counts = readCounts(result.stdout);
      expect(totalOf(counts)).toBe(676);
      const files = await readdir(join(workplace.path, "downloads"));
      expect(files).toHaveLength(counts.ok);
      expect(await workplace.badFiles()).toEqual([]);
    }
  });

  test("while it waits for a server that is down", async () => {
    const server = await startFaultServer(() => undefined);
    await server[Symbol.asyncDispose]();
    await using workplace = await openWorkplace();
    const args = [
      "-e",
      "-v",
      "-m",
      "30",
      "--retries",
      "1000",
      ...NO_LIMITS,
      "--base-url",
      server.baseUrl,
    ];
    const program = workplace.start(args);
    await untilPrinted(program, /will be used\.$/m);
    program.child.kill("SIGINT");
    const result = await program.result;
    expect(result).toMatchObject({ exitCode: 130, stderr: "" });
    expect(totalOf(readCounts(result.stdout))).toBe(676);
  });
});

describe("flags-async for a long time", () => {
  test("5000 files, 30 at a time: connections are used again, and memory stays flat", async () => {
    await using server = await startGatedServer((held) => {
      for (const request of held) request.answer();
    }, 4600);
    await using workplace = await openWorkplace();
    const urls = Array.from({ length: 5000 }, (_, n) => `${server.baseUrl}/us/us.gif?${n}\n`);
    const args = ["-m", "30", "--urls", "-", "--out", "downloads"];
    // With this heap it would end early if it kept anything of what it downloads, 23 MB in all, or of the requests.
    const env = { NODE_OPTIONS: "--max-old-space-size=64" };
    const result = await workplace.start(args, { env, input: urls.join("") }).result;
    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    expect(readCounts(result.stdout).ok).toBe(5000);
    expect(server.counts.requests).toBe(5000);
    expect(server.counts.connections).toBeLessThanOrEqual(30);
    expect(server.counts.peak).toBeLessThanOrEqual(30);
  });
});

describeWhere(
  existsSync("/proc/self/status"),
  "flags-async with one large file",
  "there is no /proc",
  () => {
    // With Content-Length, and in chunks of which several come at once.
    test.each([1 << 20, 20_000])(
      "has under 120 MB resident, and all of it, in pieces of %d",
      async (pieceBytes) => {
        const byteLength = 100_000_000;
        const hash = createHash("sha256");
        const server = createServer((_request, response) => {
          if (pieceBytes === 1 << 20) response.setHeader("Content-Length", byteLength);
          let sent = 0;
          const send = (): void => {
            while (sent < byteLength) {
              // No piece is like another one.
              const piece = Buffer.alloc(Math.min(pieceBytes, byteLength - sent), String(sent));
              sent += piece.length;
              hash.update(piece);
              if (response.write(piece)) continue;
              response.once("drain", send);
              return;
            }
            response.end();
          };
          send();
        }).listen(0, "127.0.0.1");
        await once(server, "listening");
        await using workplace = await openWorkplace();
        const status = join(workplace.path, "status");
        // Not resourceUsage().maxRSS: that of a child begins with what its parent had.
        const hook = `fs.writeFileSync(${JSON.stringify(status)}, fs.readFileSync("/proc/self/status"))`;
        await writeFile(
          join(workplace.path, "hook.cjs"),
          `const fs = require("node:fs"); process.once("exit", () => ${hook});`,
        );
        const env = { NODE_OPTIONS: "--require=./hook.cjs" };
        const input = `http://127.0.0.1:${(server.address() as AddressInfo).port}/large`;
        const args = ["--urls", "-", "--out", "downloads", ...NO_LIMITS];
        const result = await workplace.start(args, { env, input }).result;
        server.close();
        expect(result).toMatchObject({ exitCode: 0, stderr: "" });
        const file = await readFile(join(workplace.path, "downloads", "large"));
        expect(createHash("sha256").update(file).digest("hex")).toBe(hash.digest("hex"));
        const kibibytes = Number(/^VmHWM:\s+(\d+)/m.exec(await readFile(status, "utf8"))?.[1]);
        expect(kibibytes * 1024).toBeLessThan(120e6);
      },
    );
  },
);
