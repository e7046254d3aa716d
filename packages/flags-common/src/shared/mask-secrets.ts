const MASK = "***";

/**
 * Writes an address without what nobody else should read: `http://user:***@host/`.
 *
 * A name without a password is often a token, and masked as well. So are the credentials of an address within an address,
 * as in `?next=http://user:password@host/`, escaped or not. What is no address is returned with everything masked that
 * looks like the credentials of one.
 */
export function maskedUrl(address: string): string {
  if (!AT_SIGN.test(address)) return address;
  if (!URL.canParse(address)) return maskedText(address);
  const url = new URL(address);
  if (url.username === "" && url.password === "") return maskedWithin(address);
  if (url.password === "") url.username = MASK;
  else url.password = MASK;
  const { href } = url;
  const path = href.indexOf("/", href.indexOf("//") + 2);
  return href.slice(0, path) + maskedWithin(href.slice(path));
}

/** Masks the credentials of addresses anywhere in a text, such as a message. */
export function maskedText(text: string): string {
  // Up to the last "@" before the path: passwords contain "@", too.
  return maskedWithin(text.replace(/([a-z][a-z0-9+.-]*:\/*)[^\s/?#]*@/gi, `$1${MASK}@`));
}

const AT_SIGN = /@|%(?:25)*40/;
/** What stands between `http:` or `next=` and the host: two slashes, and credentials; each sign escaped any number of times. */
const CREDENTIALS =
  /((?:[:=]|%(?:25)*3[ad])(?:\/|%(?:25)*2f){2})(?:(?!%(?:25)*(?:2f|3f|23))[^\s/?#])*(@|%(?:25)*40)/gi;

/** Masks the credentials of addresses that are part of something else. */
export function maskedWithin(text: string): string {
  return AT_SIGN.test(text) ? text.replace(CREDENTIALS, `$1${MASK}$2`) : text;
}

/** Gives what `Authorization: Basic` takes for the credentials of an address, decoded; nothing when there are none. */
export function credentialsOf(url: URL): string | undefined {
  const login = loginOf(url);
  return login && `${login.name}:${login.password}`;
}

/** Gives the credentials of an address, decoded; nothing when there are none. */
export function loginOf({
  username,
  password,
}: URL): { readonly name: string; readonly password: string } | undefined {
  if (username === "" && password === "") return undefined;
  return { name: decoded(username), password: decoded(password) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
