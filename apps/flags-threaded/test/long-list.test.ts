import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import type { AddressInfo } from "node:net";
import { NO_LIMITS, readCounts } from "@concur/flags-common/testing";
import { expect, test } from "@jest/globals";
import { openWorkplace } from "./fixtures/harness.js";

/** Long enough for all that only long lists have. */
const FILES = 1500;

test("flags-threaded saves each file of a long list under its own name, but where a folder has it", async () => {
  const server = createServer((request, response) => {
    response.end(request.url);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const { port } = server.address() as AddressInfo;
    await using workplace = await openWorkplace();
    const paths = Array.from({ length: FILES }, (_, index) => `/list/${index}.txt`);
    const list = paths.map((path) => `http://127.0.0.1:${port}${path}\n`).join("");
    await writeFile(join(workplace.path, "list.txt"), list);
    await mkdir(join(workplace.path, "downloads", "7.txt"), { recursive: true });
    const args = ["--urls", "list.txt", "-m", "30", ...NO_LIMITS];
    const { stdout, stderr, exitCode } = await workplace.start(args).result;
    expect(stderr).toBe("*** 1 error: 1 × 7.txt is a folder\n");
    expect(readCounts(stdout)).toMatchObject({ ok: FILES - 1, error: 1 });
    expect(exitCode).toBe(1);
    const [versions, ...names] = await workplace.files();
    // Where the files came from.
    expect(versions).toBe(".versions.json");
    expect(names).toEqual(paths.map((path) => path.slice("/list/".length)).sort());
    for (const name of names.filter((name) => name !== "7.txt")) {
      const text = await readFile(join(workplace.path, "downloads", name), "utf8");
      expect(text).toBe(`/list/${name}`);
    }
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
