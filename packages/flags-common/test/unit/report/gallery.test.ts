import { describe, expect, test } from "@jest/globals";
import { galleryPage } from "../../../src/report/gallery.js";
import type { DownloadRecord, RunReport } from "../../../src/report/record.js";
import { newCounts } from "../../../src/run/download-status.js";

const report = (...results: DownloadRecord[]): RunReport => ({
  program: "prog",
  asked: results.length,
  counts: newCounts(),
  elapsedMs: 0,
  bytes: 0,
  bytesPerSecond: 0,
  requests: 0,
  retries: 0,
  peakConcurrency: 0,
  reasons: [],
  results,
});
const record = (name: string, options: Partial<DownloadRecord> = {}): DownloadRecord => ({
  name,
  status: "ok",
  url: "http://x/",
  file: `${name}.gif`,
  attempts: 1,
  bytes: 1,
  ...options,
});

describe("galleryPage", () => {
  test("links the images from where the page is", () => {
    const page = (path: string, directory: string): string | undefined =>
      /src="([^"]*)"/.exec(galleryPage(report(record("us")), path, directory))?.[1];
    expect(page("/a/out.html", "/a/downloads")).toBe("downloads/us.gif");
    expect(page("/a/b/out.html", "/a/my flags")).toBe("../my%20flags/us.gif");
    expect(page("/a/out.html", "/a")).toBe("us.gif");
  });

  test("nothing that a server made up becomes part of the page", () => {
    const evil = '"><script>alert(1)</script>';
    const html = galleryPage(
      report(record(evil), record("b", { status: "error", reason: evil })),
      "out.html",
      "downloads",
    );
    expect(html).not.toContain("<script");
    expect(html).toContain("&lt;script&gt;");
  });

  test("says what became of files that are not there, and leaves out those that nobody has", () => {
    const html = galleryPage(
      report(
        record("aa", { status: "notFound" }),
        record("bb", { status: "error", reason: "Connection reset" }),
        record("cc", { status: "notStarted" }),
        record("dd", { file: "dd.zip" }),
      ),
      "out.html",
      ".",
    );
    expect(html.match(/<li /g)).toHaveLength(3);
    expect(html).toContain("Connection reset");
    expect(html).toContain("not started");
    expect(html).toContain('<a href="dd.zip">');
    expect(html).not.toContain("<img");
  });
});
