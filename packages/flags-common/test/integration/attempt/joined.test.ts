import { readdir, readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { attemptDownload } from "../../../src/attempt/attempt-download.js";
import { createFlagClient } from "../../../src/fetch/flag-client.js";
import { serveHttp, type TestServer } from "../../fixtures/servers.js";
import { makeTempFolder } from "../../fixtures/temp-folder.js";

/** How the server answers one request: which version it has, what it says about it, and where it breaks off. */
interface Answer {
  readonly version: number;
  readonly says: "strong" | "weak" | "date" | "fresh date" | "nothing";
  /** A server that does not know If-Range sends the part of whatever it has. */
  readonly knowsIfRange: boolean;
  /** After so many bytes of the body; beyond its end: not at all. */
  readonly breaksOffAfter: number;
}

const SENT_AT = Date.parse("Sat, 28 Nov 2026 12:00:00 GMT");

/** Versions 0 and 1 are as long as each other: only their bytes tell them apart. */
const VERSIONS = [40_000, 40_000, 60_000, 700_000].map((length, version) =>
  Buffer.alloc(length, version + 1),
);

function validators({ version, says }: Answer): Record<string, string> {
  const day = 24 * 3600 * 1000;
  switch (says) {
    case "strong":
      return { ETag: `"${version}"` };
    // The same for all versions, as a server may that counts them as equivalent.
    case "weak":
      return { ETag: 'W/"same"', "Last-Modified": new Date(SENT_AT - day).toUTCString() };
    case "date":
      return { "Last-Modified": new Date(SENT_AT - day * (version + 1)).toUTCString() };
    // Changed within the second in which it was sent: the next version may have the same date.
    case "fresh date":
      return { "Last-Modified": new Date(SENT_AT).toUTCString() };
    case "nothing":
      return {};
  }
}

function respond(answer: Answer, request: IncomingMessage, response: ServerResponse): void {
  const body = VERSIONS[answer.version] ?? Buffer.alloc(0);
  const ours = validators(answer);
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? NaN);
  const ifRange = request.headers["if-range"];
  const applies =
    !Number.isNaN(start) &&
    (!answer.knowsIfRange || ifRange === ours["ETag"] || ifRange === ours["Last-Modified"]);
  response.sendDate = false;
  const headers = { ...ours, Date: new Date(SENT_AT).toUTCString() };
  if (applies && start >= body.length) {
    response.writeHead(416, headers).end();
    return;
  }
  const part = applies ? body.subarray(start) : body;
  response.writeHead(applies ? 206 : 200, {
    ...headers,
    "Content-Length": part.length,
    ...(applies ? { "Content-Range": `bytes ${start}-${body.length - 1}/${body.length}` } : {}),
  });
  if (answer.breaksOffAfter >= part.length) response.end(part);
  else response.write(part.subarray(0, answer.breaksOffAfter), () => response.socket?.end());
}

async function attemptAt(server: TestServer, directory: string, resume = true) {
  using client = createFlagClient({
    idleTimeoutMs: 60_000,
    totalTimeoutMs: 600_000,
    connectTimeoutMs: 60_000,
  });
  return await attemptDownload(
    {
      url: `http://127.0.0.1:${server.port}/file`,
      directory,
      fileName: "file",
      expect: "anything",
      remainingMs: 600_000,
      resume,
    },
    { client },
  );
}

const answers = fc.record<Answer>({
  // More of what is most easily joined by mistake.
  version: fc.constantFrom(0, 0, 0, 1, 1, 1, 2, 3),
  says: fc.constantFrom("strong", "strong", "strong", "weak", "date", "fresh date", "nothing"),
  knowsIfRange: fc.boolean(),
  breaksOffAfter: fc.oneof(
    fc.integer({ min: 1, max: 39_999 }),
    fc.integer({ min: 1, max: 300_000 }),
    fc.constant(Infinity),
  ),
});

describe("what is joined", () => {
  test("D2: under its name a file is one whole version or not there, whatever the server has and does", async () => {
    let current: Answer | undefined;
    await using server = await serveHttp((request, response) => {
      if (current !== undefined) respond(current, request, response);
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(answers, fc.constantFrom(true, true, true, false)), {
          minLength: 2,
          maxLength: 8,
        }),
        async (steps) => {
          await using folder = await makeTempFolder();
          for (const [answer, resume] of steps) {
            current = answer;
            const result = await attemptAt(server, folder.path, resume);
            const names = await readdir(folder.path);
            expect(names.filter((name) => !["file", ".file.resume"].includes(name))).toEqual([]);
            const content = names.includes("file")
              ? await readFile(join(folder.path, "file"))
              : undefined;
            const versions = VERSIONS.filter((version) => content?.equals(version));
            expect(versions.length).toBe(content === undefined ? 0 : 1);
            expect(["ok", "TRUNCATED"]).toContain("code" in result ? result.code : result.status);
            const isOld = versions[0] !== VERSIONS[answer.version];
            expect([result.status, isOld]).not.toEqual(["ok", true]);
          }
        },
      ),
      {
        numRuns: 60,
        examples: [
          // A date that was certain, and then the same one beside a weak ETag.
          [
            [
              [{ version: 0, says: "date", knowsIfRange: false, breaksOffAfter: 1 }, true],
              [{ version: 1, says: "weak", knowsIfRange: false, breaksOffAfter: Infinity }, true],
            ],
          ],
        ],
      },
    );
  });

  const broken: Answer = {
    version: 0,
    says: "strong",
    knowsIfRange: true,
    breaksOffAfter: 10_000,
  };

  /** Lets one try break off and a second one come through; says what was asked the second time. */
  async function twoTries(first: Answer, second: Answer) {
    const ranges: unknown[] = [];
    let current = first;
    await using folder = await makeTempFolder();
    await using server = await serveHttp((request, response) => {
      const { range, "if-range": ifRange } = request.headers;
      ranges.push([range !== undefined, ifRange]);
      respond(current, request, response);
    });
    await attemptAt(server, folder.path);
    current = second;
    const result = await attemptAt(server, folder.path);
    const content = await readFile(join(folder.path, "file"));
    expect(result).toMatchObject({ status: "ok" });
    expect(await readdir(folder.path)).toEqual(["file"]);
    return { ranges: ranges.slice(1), joined: "resumedBytes" in result, content };
  }

  test("D2: a part with another ETag is not joined, though the server sends one", async () => {
    const second = { ...broken, version: 1, knowsIfRange: false, breaksOffAfter: Infinity };
    const { ranges, joined, content } = await twoTries(broken, second);
    // The part is refused; the server would send it again, so it is asked for the whole.
    expect(ranges).toEqual([
      [true, '"0"'],
      [false, undefined],
    ]);
    expect(joined).toBe(false);
    expect(content.equals(VERSIONS[1] ?? Buffer.alloc(0))).toBe(true);
  });

  test.each(["weak", "fresh date", "nothing"] as const)(
    "D2: after an answer with %s as its validator the file is fetched anew",
    async (says) => {
      const first = { ...broken, says };
      const { ranges, joined } = await twoTries(first, { ...first, breaksOffAfter: Infinity });
      expect(ranges).toEqual([[false, undefined]]);
      expect(joined).toBe(false);
    },
  );

  test.each(["strong", "date"] as const)(
    "D2: after an answer with a %s validator the rest is joined",
    async (says) => {
      const first = { ...broken, says };
      const { joined, content } = await twoTries(first, { ...first, breaksOffAfter: Infinity });
      expect(joined).toBe(true);
      expect(content.equals(VERSIONS[0] ?? Buffer.alloc(0))).toBe(true);
    },
  );

  test("a part that is not the whole rest is kept, and gone on from", async () => {
    const body = VERSIONS[0] ?? Buffer.alloc(0);
    const asked: (string | undefined)[] = [];
    await using folder = await makeTempFolder();
    await using server = await serveHttp((request, response) => {
      const { range } = request.headers;
      asked.push(range);
      const start = Number(/\d+/.exec(range ?? "0")?.[0] ?? 0);
      const end = Math.min(start + 15_000, body.length);
      response.writeHead(range === undefined ? 200 : 206, {
        ETag: '"0"',
        "Content-Length": range === undefined ? body.length : end - start,
        "Content-Range": `bytes ${start}-${end - 1}/${body.length}`,
      });
      if (range !== undefined) response.end(body.subarray(start, end));
      else response.write(body.subarray(0, end), () => response.socket?.end());
    });
    expect(await attemptAt(server, folder.path)).toMatchObject({ code: "TRUNCATED" });
    expect(await attemptAt(server, folder.path)).toMatchObject({ code: "TRUNCATED" });
    expect(await attemptAt(server, folder.path)).toMatchObject({ status: "ok" });
    expect(asked).toEqual([undefined, "bytes=15000-", "bytes=30000-"]);
    expect(body.equals(await readFile(join(folder.path, "file")))).toBe(true);
  });
});
