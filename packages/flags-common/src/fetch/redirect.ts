/** Redirects followed for one flag. */
export const MAX_REDIRECTS = 5;

const REDIRECT_STATUSES = new Set([301, 302, 303, 307, 308]);

/** Where an answer sends us, or why we do not go there; `undefined` when it is no redirect. */
export type Redirect = { readonly target: URL } | { readonly refused: string } | undefined;

/**
 * Judges the redirect in an answer: http and https only, never from https back to http, and never to
 * another host unless it is allowed, so that a flag server cannot point us at machines it has no
 * business with.
 *
 * @param allowedHosts - Hosts other than the present one that may be visited.
 */
export function judgeRedirect(
  from: URL,
  status: number,
  location: unknown,
  allowedHosts: readonly string[],
): Redirect {
  if (!REDIRECT_STATUSES.has(status) || typeof location !== "string") return undefined;
  if (!URL.canParse(location, from.href)) return { refused: "redirect to an invalid address" };
  const target = new URL(location, from);
  if (target.protocol !== "http:" && target.protocol !== "https:") {
    return { refused: `redirect to ${target.protocol} refused` };
  }
  if (from.protocol === "https:" && target.protocol === "http:") {
    return { refused: "redirect from https to http refused" };
  }
  if (!isSameHost(from, target) && !allowedHosts.includes(target.host)) {
    return { refused: `redirect to another host refused (${target.host})` };
  }
  // Credentials in an address that a server made up are not sent.
  target.username = "";
  target.password = "";
  return { target };
}

/** The same name and port. The step from plain http to https keeps them when both use their own port. */
function isSameHost(from: URL, target: URL): boolean {
  return target.hostname === from.hostname && target.port === from.port;
}
