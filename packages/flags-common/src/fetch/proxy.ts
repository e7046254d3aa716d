import { BlockList, isIP } from "node:net";

/** A proxy that cannot be used, or that refuses; the message is one sentence, and names it. */
export class ProxyError extends Error {
  override readonly name = "ProxyError";
}

/** What went wrong between us and a proxy, before it had anything to do with what lies behind it. */
export class ProxyConnectionError extends Error {
  override readonly name = "ProxyConnectionError";

  /** @param cause - What was thrown. */
  constructor(cause: Error) {
    super(cause.message, { cause });
  }
}

/**
 * Finds the proxy for an address: the one that is given, else the one that the environment names, `http_proxy` or
 * `https_proxy`, else `all_proxy`, in lower or upper case; unless `no_proxy` has the host. This machine itself is never
 * reached through one of the environment.
 *
 * @param given - Used instead of those of the environment; empty for none at all.
 * @throws {ProxyError} When it is no proxy that could be used.
 */
export function proxyFor(
  url: URL,
  given?: string,
  env: NodeJS.ProcessEnv = process.env,
): URL | undefined {
  const read = (name: string): string =>
    [env[name], env[name.toUpperCase()]].map((value) => value?.trim() ?? "").find(Boolean) ?? "";
  const text = given?.trim() ?? (read(`${url.protocol.slice(0, -1)}_proxy`) || read("all_proxy"));
  const isOurs = given === undefined && isLoopback(url.hostname);
  if (text === "" || isOurs || isExcepted(url, read("no_proxy"))) return undefined;
  return parseProxy(text, given === undefined ? "the proxy in the environment" : "the proxy");
}

const KINDS = /^(https?|socks(4a?|5h?)):$/;

/**
 * Reads the address of a proxy; without a scheme it is one of http, as for curl.
 *
 * @param name - What to call it when it is no address.
 * @throws {ProxyError} When it is no proxy that could be used.
 */
export function parseProxy(text: string, name: string): URL {
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const proxy = URL.canParse(address) ? new URL(address) : undefined;
  if (proxy === undefined || proxy.hostname === "") throw new ProxyError(`${name} is no address`);
  if (!KINDS.test(proxy.protocol)) {
    const kind = proxy.protocol.slice(0, -1);
    throw new ProxyError(
      `proxy ${proxy.host}: ${kind} is not supported, only http, https, socks4, socks4a, socks5 and socks5h`,
    );
  }
  return proxy;
}

/** Whether a proxy hands on bytes and not requests; what goes to an address of https is for nobody to read. */
export function isTunnel(proxy: URL, target: URL): boolean {
  return target.protocol === "https:" || proxy.protocol.startsWith("socks");
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    hostname === "[::1]" ||
    (isIP(hostname) === 4 && hostname.startsWith("127."))
  );
}

/** `no_proxy` as curl reads it: names with all below them, addresses, blocks of addresses, each perhaps with a port. */
function isExcepted(url: URL, list: string): boolean {
  const host = bare(url.hostname);
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === "*" || isInBlock(host, entry)) return true;
      const [, name = "", onlyPort] = /^(\[.*\]|[^:]*|.*:.*:.*?)(?::(\d+))?$/.exec(entry) ?? [];
      if (onlyPort !== undefined && onlyPort !== port) return false;
      const domain = bare(name)
        .replace(/^\*?\./, "")
        .replace(/\.$/, "");
      return (
        domain !== "" && (host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`)))
      );
    });
}

function isInBlock(host: string, entry: string): boolean {
  const [net = "", bits = "", ...rest] = entry.split("/");
  const [ours, theirs] = [isIP(host), isIP(bare(net))];
  if (ours === 0 || theirs === 0 || rest.length > 0 || !/^\d{1,3}$/.test(bits)) return false;
  if (Number(bits) > (theirs === 6 ? 128 : 32)) return false;
  const block = new BlockList();
  block.addSubnet(bare(net), Number(bits), theirs === 6 ? "ipv6" : "ipv4");
  return block.check(host, ours === 6 ? "ipv6" : "ipv4");
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, "");
}
