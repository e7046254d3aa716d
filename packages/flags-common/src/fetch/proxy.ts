import { BlockList, isIP } from "node:net";

/** A proxy that cannot be used, or that refuses; the message is one sentence, and names it. */
export class ProxyError extends Error {
  override readonly name = "ProxyError";
}

/**
 * Finds the proxy that the environment names for an address: `http_proxy` or `https_proxy`, else `all_proxy`, in lower
 * or upper case, unless `no_proxy` has the host. This machine itself is never reached through one.
 *
 * @throws {ProxyError} When it is no http or https proxy.
 */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv = process.env): URL | undefined {
  const read = (name: string): string =>
    [env[name], env[name.toUpperCase()]].map((value) => value?.trim() ?? "").find(Boolean) ?? "";
  const text = read(`${url.protocol.slice(0, -1)}_proxy`) || read("all_proxy");
  if (text === "" || isLoopback(url.hostname) || isExcepted(url, read("no_proxy")))
    return undefined;
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(address)) throw new ProxyError("the proxy in the environment is no address");
  const proxy = new URL(address);
  if (!/^https?:$/.test(proxy.protocol)) {
    const kind = proxy.protocol.slice(0, -1);
    throw new ProxyError(`proxy ${proxy.host}: ${kind} is not supported, only http and https`);
  }
  return proxy;
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
