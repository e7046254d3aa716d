const REDIRECT_STATUSES = new Set([301, 302, 303, 307, 308]);

/** Where an answer sends us, or why we do not go there; `undefined` when it is no redirect. */
export type Redirect = { readonly target: URL } | { readonly refused: string } | undefined;

/** Other hosts (`"www.example.org"`, with the port if it is not the scheme's own) that redirects may lead to. */
export type RedirectHosts = readonly string[] | "any";

/**
 * Judges the redirect in an answer: http and https only, never from https back to http, and never to
 * another host unless it is allowed, so that a flag server cannot point us at machines it has no
 * business with.
 *
 * Credentials of the address go on within its origin, and nowhere else.
 *
 * @param allowedHosts - Hosts other than the present one that may be visited.
 */
export function judgeRedirect(
  from: URL,
  status: number,
  location: unknown,
  allowedHosts: RedirectHosts,
): Redirect {
  if (!REDIRECT_STATUSES.has(status) || typeof location !== "string") return undefined;
  const address = percentEncoded(location);
  if (!URL.canParse(address, from.href)) return { refused: "redirect to an invalid address" };
  const target = new URL(address, from);
  if (target.protocol !== "http:" && target.protocol !== "https:") {
    return { refused: `redirect to ${target.protocol} refused` };
  }
  if (from.protocol === "https:" && target.protocol === "http:") {
    return { refused: "redirect from https to http refused" };
  }
  if (!isSameHost(from, target) && allowedHosts !== "any" && !allowedHosts.includes(target.host)) {
    return { refused: `redirect to another host refused (${target.host})` };
  }
  // Credentials in an address that a server made up are not sent.
  const isSameOrigin = from.origin === target.origin;
  target.username = isSameOrigin ? from.username : "";
  target.password = isSameOrigin ? from.password : "";
  return { target };
}

/** Node reads headers as Latin-1; what was sent are bytes, of UTF-8 for the most part, and goes back as such. */
function percentEncoded(location: string): string {
  return location.replace(
    /[\x80-\xff]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The same name and port. The step from plain http to https keeps them when both use their own port. */
function isSameHost(from: URL, target: URL): boolean {
  return target.hostname === from.hostname && target.port === from.port;
}
