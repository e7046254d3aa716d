import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { inlineTask } from "../../src/index.js";
import { benches } from "../support/bench.js";

const dist = (name: string): string =>
  fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));
const programs = { thread: "worker-entry.cjs", process: "child-entry.cjs" } as const;

describe.each(benches)("workerUrl of a %s", (kind, Bench) => {
  const bench = new Bench();
  const add = inlineTask((a: number, b: number) => a + b);

  test.each(["path", "URL", "text of a URL"])(
    "may be a %s, also of a copy elsewhere",
    async (form) => {
      const folder = await mkdtemp(join(tmpdir(), "concur %20 test-"));
      try {
        const path = join(folder, "program.cjs");
        await copyFile(dist(programs[kind]), path);
        if (kind === "process")
          await copyFile(dist("recall-thread.cjs"), join(folder, "recall-thread.cjs"));
        const url = pathToFileURL(path);
        const workerUrl = form === "path" ? path : form === "URL" ? url : url.href;
        expect(await bench.executor({ workerUrl }).run(add, 2, 3)).toBe(5);
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  );

  test.each([
    ["no/such/file.cjs", /^workerUrl: there is no file \/.*no\/such\/file\.cjs$/],
    [5 as never, /^workerUrl must be a URL or a path, not 5$/],
  ])("is refused when it is %p", (workerUrl, message) => {
    expect(() => bench.executor({ workerUrl })).toThrow(TypeError);
    expect(() => bench.executor({ workerUrl })).toThrow(message);
  });
});
