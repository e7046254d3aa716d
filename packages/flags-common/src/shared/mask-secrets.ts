const MASK = "***";

/**
 * Writes an address without what nobody else should read: `http://user:***@host/`.
 *
 * A name without a password is often a token, and masked as well. What is no address is returned with everything
 * masked that looks like the credentials of one.
 */
export function maskedUrl(address: string): string {
  if (!URL.canParse(address)) return maskedText(address);
  const url = new URL(address);
  if (url.username === "" && url.password === "") return address;
  if (url.password === "") url.username = MASK;
  else url.password = MASK;
  return url.href;
}

/** Masks the credentials of addresses anywhere in a text, such as a message. */
export function maskedText(text: string): string {
  // Up to the last "@" before the path: passwords contain "@", too.
  return text.replace(/([a-z][a-z0-9+.-]*:\/*)[^\s/?#]*@/gi, `$1${MASK}@`);
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
