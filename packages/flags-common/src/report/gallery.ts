import { dirname, relative, resolve, sep } from "node:path";
import type { DownloadRecord, RunReport } from "./record.js";
import { finalReport } from "./text.js";

/** What the page says about a file instead of showing it. */
const WORDS = {
  ok: "downloaded",
  unchanged: "unchanged",
  notFound: "not found",
  error: "error",
  notStarted: "not started",
} as const;

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.4 system-ui, sans-serif; }
  body { margin: 2rem auto; max-width: 80rem; padding: 0 1rem; }
  h1 { font-size: 1.5rem; }
  ul { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); list-style: none; padding: 0; }
  li { border: 1px solid light-dark(#bbb, #555); border-radius: .4rem; overflow-wrap: anywhere; padding: .5rem; }
  img, .none { aspect-ratio: 4 / 3; display: block; object-fit: contain; width: 100%; }
  img { outline: 1px solid light-dark(#ddd, #444); }
  .none { align-items: center; background: light-dark(#eee, #333); display: flex; justify-content: center; }
  .error .none { background: light-dark(#fdd, #522); }
  strong { display: block; margin-top: .4rem; }
  small { color: light-dark(#555, #aaa); }`;

/**
 * Makes a contact sheet: one HTML page, without scripts, that shows the images of a run and what became of the
 * others.
 *
 * @param path - Where the page will be; the images are linked from there.
 * @param directory - Where the files are.
 */
export function galleryPage(report: RunReport, path: string, directory: string): string {
  const lead = relative(dirname(resolve(path)), resolve(directory)).split(sep);
  const tiles = report.results
    // A run over every combination of letters would show hundreds of empty tiles.
    .filter(({ status }) => status !== "notFound")
    .map((record) => tile(record, [...lead, record.file].filter(Boolean)));
  const [, ...lines] = finalReport(report.counts, report.elapsedMs, "file");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(report.program)}: ${report.counts.ok} downloaded</title>
<style>${STYLE}
</style>
</head>
<body>
<h1>${escapeHtml(report.program)}</h1>
<p>${lines.map(escapeHtml).join(" ")}</p>
<ul>
${tiles.join("\n")}
</ul>
</body>
</html>
`;
}

function tile(record: DownloadRecord, path: readonly string[]): string {
  const name = escapeHtml(record.name);
  const isThere = record.status === "ok" || record.status === "unchanged";
  const isImage = /\.(gif|png|jpe?g|webp|avif|svg)$/i.test(record.file);
  const href = escapeHtml(path.map(encodeURIComponent).join("/"));
  const picture =
    isThere && isImage
      ? `<img src="${href}" alt="${name}" loading="lazy">`
      : `<span class="none">${isThere ? `<a href="${href}">open</a>` : WORDS[record.status]}</span>`;
  const detail =
    record.reason ?? (record.bytes === undefined ? WORDS[record.status] : `${record.bytes} bytes`);
  return `<li class="${record.status}">${picture}<strong>${name}</strong> <small>${escapeHtml(detail)}</small></li>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
