// Renders the flag images of assets/ from the drawings of flag-icons. Run it with `pnpm flags:build`
// after a new version of flag-icons or sharp, look at the images, and commit what changed.
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

import sharp from "sharp";
import ts from "typescript";

const WIDTH = 320;
const HEIGHT = 240;
const ROOT = fileURLToPath(new URL("../", import.meta.url));
const ASSETS = path.join(ROOT, "assets");
const require = createRequire(import.meta.url);

/** Draws one flag as the bytes of a GIF. The same drawing, sharp and size give the same bytes. */
export async function renderFlag(code) {
  const drawing = require.resolve(`flag-icons/flags/4x3/${code.toLowerCase()}.svg`);
  return sharp(drawing).resize(WIDTH, HEIGHT).gif().toBuffer();
}

/** Reads the codes from their one home, a TypeScript module that Node 20 cannot import as it is. */
async function readCountryCodes() {
  const source = await readFile(path.join(ROOT, "src", "country-codes.ts"), "utf8");
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  const module = await import(`data:text/javascript,${encodeURIComponent(outputText)}`);
  return module.FLAG_COUNTRY_CODES;
}

/** The top-level domain is the country code in lower case, but for the United Kingdom. */
function topLevelDomain(code) {
  return code === "GB" ? ".uk" : `.${code.toLowerCase()}`;
}

async function writeFlag(code, country) {
  const lower = code.toLowerCase();
  const folder = path.join(ASSETS, "flags", lower);
  const image = await renderFlag(code);
  const metadata = { tld_cc: topLevelDomain(code), iso_cc: code, country };
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, `${lower}.gif`), image);
  await writeFile(path.join(folder, "metadata.json"), `${JSON.stringify(metadata, null, 2)}\n`);
  return {
    country,
    bytes: image.length,
    sha256: createHash("sha256").update(image).digest("hex"),
    width: WIDTH,
    height: HEIGHT,
  };
}

/** Keeps the date of the last run that changed something, so that caches stay good over a run that did not. */
async function lastModified(flags) {
  const today = new Date().toISOString().slice(0, 10);
  const before = await readFile(path.join(ASSETS, "manifest.json"), "utf8").catch(() => "null");
  const manifest = JSON.parse(before);
  const unchanged = JSON.stringify(manifest?.flags) === JSON.stringify(flags);
  return unchanged ? manifest.lastModified : `${today}T00:00:00.000Z`;
}

async function main() {
  const codes = await readCountryCodes();
  const countries = new Map(
    require("flag-icons/country.json").map((entry) => [entry.code.toUpperCase(), entry.name]),
  );
  await rm(path.join(ASSETS, "flags"), { recursive: true, force: true });

  const flags = {};
  for (const code of codes) {
    const country = countries.get(code);
    if (country === undefined) throw new Error(`flag-icons has no name for ${code}`);
    flags[code] = await writeFlag(code, country);
  }

  const { version } = require("flag-icons/package.json");
  const manifest = {
    source: { package: "flag-icons", version, license: "MIT" },
    lastModified: await lastModified(flags),
    flags,
  };
  await writeFile(path.join(ASSETS, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  const total = Object.values(flags).reduce((sum, flag) => sum + flag.bytes, 0);
  console.log(`${codes.length} flags, ${total} bytes, from flag-icons ${version}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
