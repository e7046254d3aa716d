import { readFileSync } from "node:fs";

import { flagManifest, ASSETS_URL } from "../manifest.js";
import type { ControlReply } from "./control-reply.js";
import type { ControlTarget } from "./target.js";

const FILES: Readonly<Record<string, readonly [name: string, contentType: string]>> = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/favicon.svg": ["favicon.svg", "image/svg+xml"],
  "/page.css": ["page.css", "text/css; charset=utf-8"],
  "/page.js": ["page.js", "text/javascript; charset=utf-8"],
};

const cache = new Map<string, Buffer>();

/**
 * Gives a file of the page, a flag for it to show, or the certificate; `undefined` for another path. The page gets flags here,
 * where no rule holds and nothing is counted: it looks on, and takes no attempts away from a test.
 */
export function pageFile(path: string, target: ControlTarget): ControlReply | undefined {
  const flag = path.startsWith("/flags/") ? target.files.get(path) : undefined;
  if (flag !== undefined) return { status: 200, contentType: flag.contentType, body: flag.body };
  if (path === "/certificate.pem" && target.certificate !== undefined) {
    return { status: 200, contentType: "application/x-pem-file", body: target.certificate };
  }
  const [name, contentType] = Object.hasOwn(FILES, path) ? (FILES[path] ?? []) : [];
  if (name === undefined || contentType === undefined) return undefined;
  let body = cache.get(name);
  if (body === undefined) {
    body = readFileSync(new URL(`page/${name}`, ASSETS_URL));
    cache.set(name, body);
  }
  return { status: 200, contentType, body, headers: { "Content-Security-Policy": policy(target) } };
}

/** The page may load its own files, and images from the listeners: nothing else, and from nowhere else. */
function policy({ listeners }: ControlTarget): string {
  const origins = Array.from(listeners.values(), ({ origin }) => origin);
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    `img-src 'self' ${origins.join(" ")}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** Lists the flags that there are. */
export function flagList(): readonly { readonly code: string; readonly country: string }[] {
  return Object.entries(flagManifest().flags).map(([code, { country }]) => ({ code, country }));
}
