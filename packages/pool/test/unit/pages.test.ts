import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

function read(...path: string[]): string {
  return readFileSync(join(ROOT, ...path), "utf8");
}

describe("docs/errors.md", () => {
  const page = read("docs/errors.md");
  const codes = (text: string, pattern: RegExp): (string | undefined)[] =>
    [...new Set([...text.matchAll(pattern)].map(([, code]) => code))].sort();

  test("has every code that stands in the sources, and no others", () => {
    const sources = readdirSync(join(ROOT, "packages/pool/src"), {
      recursive: true,
      encoding: "utf8",
    })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => read("packages/pool/src", name));
    const written = codes(sources.join("\n"), /"(CONCUR_[A-Z_]+)"/g);
    expect(codes(page, /\b(CONCUR_[A-Z_]+)/g)).toEqual(written);
    expect(written.length).toBeGreaterThan(8);
  });

  test("says which class has which code", () => {
    const classes = /class (\w+) extends \w+ \{\s+(?:override )?readonly code[^=;]*= "(\w+)"/g;
    const made = [...read("packages/pool/src/errors.ts").matchAll(classes)].map(
      ([, name, code]) => ({ code, name }),
    );
    const rows = /^\| \[?`(CONCUR_\w+)`\S* +\| `(\w+)` +\|/gm;
    const listed = [...page.matchAll(rows)].map(([, code, name]) => ({ code, name }));
    expect(listed).toEqual(made);
    expect(made.length).toBeGreaterThan(8);
  });
});

describe("docs/adr/README.md", () => {
  test("lists each decision with its file, its title and whether another supersedes it", () => {
    const row = /^\| \[(\d+)\]\((\S+)\) +\| (.*?) +\| .*? +\| (.*?) +\|$/gm;
    const listed = [...read("docs/adr/README.md").matchAll(row)].map(
      ([, number, file, title, status]) => ({ file, title: `# ${number}. ${title}`, status }),
    );
    const pages = readdirSync(join(ROOT, "docs/adr")).filter((name) => /^\d{4}-/.test(name));
    const expected = pages.map((file) => {
      const [title, , third = ""] = read("docs/adr", file).split("\n");
      const [, newer] = /^Superseded by \[(\d+)\]/.exec(third) ?? [];
      return { file, title, status: newer === undefined ? "in force" : `superseded by ${newer}` };
    });
    expect(listed).toEqual(expected);
    expect(listed.length).toBeGreaterThan(20);
  });
});

describe("the files in .changeset", () => {
  test("name packages that are published, and no others: those of apps cannot be released with them", () => {
    const published = readdirSync(join(ROOT, "packages")).map(
      (name) => (JSON.parse(read("packages", name, "package.json")) as { name: string }).name,
    );
    const named = readdirSync(join(ROOT, ".changeset"))
      .filter((file) => file.endsWith(".md"))
      .flatMap((file) =>
        [...read(".changeset", file).matchAll(/^"(.+)": (?:patch|minor|major)$/gm)].map(
          ([, name]) => ({ file, name }),
        ),
      );
    expect(named.filter(({ name }) => !published.includes(name ?? ""))).toEqual([]);
  });
});
