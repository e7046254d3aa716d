import { isIP, type LookupFunction, type Socket } from "node:net";
// Imported by name: what `await import()` of a CommonJS package gives differs between Node and a bundle of it.
import { SocksClient } from "socks";
import { errorMessage } from "../shared/failure-reason.js";
import { loginOf } from "../shared/mask-secrets.js";
import { ProxyError } from "./proxy.js";

/**
 * Asks a SOCKS proxy, to which there is a connection, for one to the target (RFC 1928, RFC 1929).
 *
 * As for curl, `socks4` and `socks5` look the name up here, `socks4a` and `socks5h` leave that to the proxy.
 *
 * @throws {ProxyError} (as a rejection) When the proxy refuses.
 */
export async function connectThrough(
  proxy: URL,
  connection: Socket,
  target: { readonly host: string; readonly port: number },
  lookup: LookupFunction,
  limitMs: number,
): Promise<Socket> {
  const isOld = proxy.protocol.startsWith("socks4");
  const looksUp = /^socks[45]:$/.test(proxy.protocol) && isIP(target.host) === 0;
  const host = looksUp ? await addressOf(target.host, lookup, isOld ? 4 : 0) : target.host;
  const login = loginOf(proxy);
  try {
    const { socket } = await SocksClient.createConnection({
      command: "connect",
      // Not used: there is a connection.
      proxy: {
        host: "localhost",
        port: 1080,
        type: isOld ? 4 : 5,
        ...(login === undefined ? {} : { userId: login.name, password: login.password }),
      },
      destination: { host, port: target.port },
      existing_socket: connection,
      timeout: limitMs,
    });
    return socket;
  } catch (error) {
    throw new ProxyError(`proxy ${proxy.host}: ${errorMessage(error)}`);
  }
}

function addressOf(host: string, lookup: LookupFunction, family: 0 | 4): Promise<string> {
  return new Promise((resolve, reject) => {
    lookup(host, { all: true, family }, (error, addresses) => {
      if (error !== null) {
        reject(error);
        return;
      }
      const all = typeof addresses === "string" ? [{ address: addresses, family }] : addresses;
      const wanted = all.find((one) => family === 0 || one.family === family);
      if (wanted === undefined) reject(new Error(`no address of ${host}`));
      else resolve(wanted.address);
    });
  });
}
