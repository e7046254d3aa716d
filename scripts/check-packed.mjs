// Packs every public package, installs the tarballs in an empty folder outside the workspace, and uses them there
// from an ES module, from CommonJS and from TypeScript: what a stranger gets from the registry must work alone.
import { execFileSync } from "node:child_process";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
// An odd name on purpose: URLs and paths must not be mixed up.
const folder = mkdtempSync(join(tmpdir(), "we#ird %20 dir-"));

function run(command, args, cwd = folder) {
  return execFileSync(command, args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
}

try {
  const tarballs = [];
  for (const name of readdirSync(join(root, "packages"))) {
    const home = join(root, "packages", name);
    if (JSON.parse(readFileSync(join(home, "package.json"), "utf8")).private) continue;
    const packed = run("pnpm", ["pack", "--json", "--pack-destination", folder], home);
    const { filename, files } = JSON.parse(packed.slice(packed.indexOf("{")));
    for (const wanted of ["README.md", "CHANGELOG.md", "LICENSE"]) {
      if (!files.some(({ path }) => path === wanted)) throw new Error(`${name} lacks ${wanted}`);
    }
    tarballs.push(filename);
  }
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", ...tarballs]);

  const use = `
    const { AsyncExecutor, asCompleted } = pool;
    const executor = new AsyncExecutor({ maxWorkers: 2 });
    const { future, resolve } = testing.createFuture();
    resolve(1);
    if (!(future instanceof pool.Future)) throw new Error("two classes Future");
    const name = await executor.with({ name: "n" }).run(() => worker.currentTask().name);
    if (name !== "n") throw new Error("currentTask() is lost");
    const server = await flagServer.startFlagServer({ port: 0 });
    const reply = await fetch(server.urls.LOCAL + "/us/us.gif");
    if (reply.status !== 200) throw new Error("no flag: " + reply.status);
    await server.stop();
    const launched = await flagServer.launchFlagServer({ port: 0, listeners: ["LOCAL"] });
    await launched.stop();
    if (common.SERVERS.LOCAL !== "http://localhost:8001/flags") throw new Error("no servers");
    await executor.shutdown();
    console.log(kind, "ok");
  `;
  const names = {
    pool: "@concur/pool",
    testing: "@concur/pool/testing",
    worker: "@concur/pool/worker",
    flagServer: "@concur/flag-server",
    common: "@concur/flags-common",
  };
  const list = Object.entries(names);
  writeFileSync(
    join(folder, "use.mjs"),
    list.map(([id, name]) => `import * as ${id} from "${name}";`).join("\n") +
      `\nconst kind = "ES module";\n${use}`,
  );
  writeFileSync(
    join(folder, "use.cjs"),
    list.map(([id, name]) => `const ${id} = require("${name}");`).join("\n") +
      `\nconst kind = "CommonJS";\n(async () => {${use}})().catch((error) => { console.error(error); process.exit(1); });`,
  );
  process.stdout.write(run(process.execPath, ["use.mjs"]));
  process.stdout.write(run(process.execPath, ["use.cjs"]));

  const typed =
    list.map(([id, name]) => `import * as ${id} from "${name}";`).join("\n") +
    "\nconst twice: Promise<number> = new pool.AsyncExecutor().run((n: number) => n * 2, 21);\n" +
    'const { listOf } = pool.defineTasks("/a.js", { listOf: <V,>(value: V): V[] => [value] });\n' +
    "const list: string[] = listOf(`a` as string);\n" +
    `export { twice, list, ${list
      .slice(1)
      .map(([id]) => id)
      .join(", ")} };\n`;
  writeFileSync(join(folder, "use.mts"), typed);
  writeFileSync(join(folder, "use.cts"), typed);
  symlinkSync(join(root, "node_modules", "@types"), join(folder, "node_modules", "@types"));
  // The least that READMEs promise, and ours. The declarations are checked too.
  const least = join(folder, "least");
  run("npm", [
    "install",
    "--prefix",
    least,
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    "typescript@~5.4.5",
  ]);
  for (const home of [least, root]) {
    const compiler = join(home, "node_modules", "typescript", "bin", "tsc");
    run(process.execPath, [
      compiler,
      ..."--noEmit --strict --exactOptionalPropertyTypes --module nodenext --target es2022".split(
        " ",
      ),
      ..."--lib es2023,esnext.disposable --types node use.mts use.cts".split(" "),
    ]);
    console.log(
      "TypeScript",
      run(process.execPath, [compiler, "--version"]).trim().split(" ")[1],
      "ok",
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
