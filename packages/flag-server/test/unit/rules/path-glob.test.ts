import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";

import { pathGlob } from "../../../src/rules/path-glob.js";

describe("pathGlob()", () => {
  test.each([
    ["/a", "/a", true],
    ["/a", "/a/", false],
    ["/a.c", "/abc", false],
    ["/*", "/us.gif", true],
    ["/*", "/us/us.gif", false],
    ["/*/", "//", true],
    ["/**", "/us/us.gif", true],
    ["**.gif", "/us/us.gif", true],
    ["/**/us.gif", "/us.gif", false],
    ["/u?", "/us", true],
    ["/u?", "/u/", false],
    ["/?", "/😀", true],
    ["/flags/*/*.gif", "/flags/us/us.gif", true],
    ["/flags/*/*.gif", "/flags/us/metadata.json", false],
  ])("%s and %s: %j", (glob, path, fits) => {
    expect(pathGlob(glob)(path)).toBe(fits);
  });

  test("agrees with a regular expression", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "/", ".", "*", "?"), maxLength: 10 });
    const path = fc.string({ unit: fc.constantFrom("a", "b", "/", "."), maxLength: 10 });
    fc.assert(
      fc.property(text, path, (glob, subject) => {
        const source = glob
          .replaceAll(".", "\\.")
          .replace(/\*+|\?/g, (part) =>
            part === "?" ? "[^/]" : part.length === 1 ? "[^/]*" : "[^]*",
          );
        expect(pathGlob(glob)(subject)).toBe(new RegExp(`^${source}$`).test(subject));
      }),
      { numRuns: 2000 },
    );
  });

  test("takes no longer for many stars: a regular expression would never end", () => {
    const glob = "*a".repeat(200);
    expect(pathGlob(glob)("a".repeat(500).concat("b"))).toBe(false);
  });
});
