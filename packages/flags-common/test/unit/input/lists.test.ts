import { describe, expect, test } from "@jest/globals";
import { readCodes } from "../../../src/input/code-list.js";
import { urlItems } from "../../../src/input/url-items.js";
import { readManifest } from "../../../src/verify/manifest.js";

describe("readCodes", () => {
  test("one or more in a line, with comments", () => {
    expect(readCodes("\uFEFFus\r\n# none\n\n  br, cn # two\nB\n", "list")).toEqual([
      "us",
      "br",
      "cn",
      "B",
    ]);
  });

  test.each([
    ["us\nusa\n", "list, line 2: not a country code: usa"],
    ["\u001b[31m", "list, line 1: not a country code: ?[31m"],
    ["# nothing\n", "there is no country code in list"],
  ])("%j is refused", (content, message) => {
    expect(() => readCodes(content, "list")).toThrow(message);
  });
});

describe("urlItems", () => {
  const names = (...urls: string[]): string[] =>
    urlItems(urls.join("\n"), "list").map(({ fileName }) => fileName);

  test("files are called as the last part of the address", () => {
    expect(names("http://x/a/logo.png?v=2#top", "https://x/", "http://x/a%20b.txt")).toEqual([
      "logo.png",
      "index.html",
      "a b.txt",
    ]);
  });

  test("nobody leaves the folder, hides a file or sends control characters", () => {
    expect(
      names("http://x/..%2F..%2Fetc%2Fpasswd", "http://x/.bashrc", "http://x/%1b%5bm"),
    ).toEqual(["__.._etc_passwd", "_bashrc", "_[m"]);
    expect(names("http://x/%E0%A4%A")).toEqual(["%E0%A4%A"]);
  });

  test("names that are taken get a number, in any case of letters", () => {
    expect(names("http://x/1/a.gif", "http://x/2/A.gif", "http://x/3/a.gif", "http://x/a")).toEqual(
      ["a.gif", "A-2.gif", "a-3.gif", "a"],
    );
  });

  test("names that are too long keep their ending", () => {
    const [name = ""] = names(`http://x/${"ä".repeat(200)}.gif`);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
    expect(name).toMatch(/ä\.gif$/);
  });

  test("a comment behind an address is none of it", () => {
    expect(urlItems("http://x/a # one\nhttp://x/b#part\n", "list").map(({ url }) => url)).toEqual([
      "http://x/a",
      "http://x/b",
    ]);
  });

  test("a line that begins with a blank names the file of the address before it, as in aria2", () => {
    const list = "http://x/a\n  out=one.gif\r\nhttp://x/a\n\tout=../.two\nhttp://x/b\n";
    expect(urlItems(list, "list").map(({ url, fileName }) => `${url} ${fileName}`)).toEqual([
      "http://x/a one.gif",
      "http://x/a __.two",
      "http://x/b b",
    ]);
  });

  test.each(["", " ", ".", "..", "../", "./.."])("out=%s names nothing", (out) => {
    const items = urlItems(`http://x/a\n  out=${out}\n`, "list");
    expect(items.map(({ fileName }) => fileName)).toEqual(["a"]);
  });

  test("D4: a bad line is one error, and not the end of the others", () => {
    const items = urlItems("http://x/a\nftp://me:pw@x/b\nhttp://x/c\thttp://y/c\n", "list");
    expect(items.map(({ name, fault }) => [name, fault])).toEqual([
      ["a", undefined],
      ["line 2", "list, line 2: not an http address: ftp://***@x/b"],
      ["line 3", "list, line 3: not an http address: http://x/c?http://y/c"],
    ]);
  });

  test("the same address is fetched once", () => {
    expect(names("http://x/a", "http://x/a#b")).toEqual(["a"]);
  });

  test.each([
    ["ftp://x/a", "list, line 1: not an http address: ftp://x/a"],
    ["# x\nus", "list, line 2: not an http address: us"],
    ["", "there is no address in list"],
  ])("%j is refused", (content, message) => {
    expect(() => urlItems(content, "list")).toThrow(message);
  });
});

describe("readManifest", () => {
  const sha256 = "AB".repeat(32);

  test("takes what sha256sum writes", () => {
    const content = `${sha256}  us.gif\n${sha256} *./downloads/br.gif\n`;
    expect([...readManifest(content, "list")]).toEqual([
      ["us.gif", sha256.toLowerCase()],
      ["br.gif", sha256.toLowerCase()],
    ]);
  });

  test.each(["us.gif", "abc  us.gif", `${sha256}  `])("%j is refused", (line) => {
    expect(() => readManifest(line, "list")).toThrow("list, line 1: not a SHA-256 and a name");
  });
});
