import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

function read(...path: string[]): string {
  return readFileSync(join(ROOT, ...path), "utf8");
}

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
