import { request as httpRequest, type Agent, type ClientRequest } from "node:http";
import { isIP, type LookupFunction, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { types } from "node:util";
import { credentialsOf } from "../shared/mask-secrets.js";
import { race } from "./connect.js";
import { ProxyConnectionError, ProxyError } from "./proxy.js";

/** A connection that was not made in time. */
export class ConnectTimeoutError extends Error {
  override readonly name = "ConnectTimeoutError";
}

type Callback = (error: Error | null, connection: Duplex) => void;

/** What an agent says about the connection that it wants. */
interface Wanted {
  readonly host?: string | null | undefined;
  readonly port?: number | string | null | undefined;
  readonly servername?: string | undefined;
}

/** Makes the connections of agents: by the address that answers first, within one limit that is for TLS, too. */
export class Connector {
  readonly #lookup: LookupFunction;
  readonly #limitMs: number;
  readonly #tls: Readonly<Record<string, unknown>>;
  /** Gives up what is not connected yet. */
  readonly #underWay = new Set<() => void>();

  /** @param tls - What holds for proxies that are spoken to through TLS. */
  constructor(lookup: LookupFunction, limitMs: number, tls: Readonly<Record<string, unknown>>) {
    this.#lookup = lookup;
    this.#limitMs = limitMs;
    this.#tls = tls;
  }

  /** Lets the agent connect in our way. */
  attach(agent: Agent, kind: "plain" | "tls", tunnel?: URL): void {
    const encrypt = agent.createConnection.bind(agent);
    agent.createConnection = (options: Wanted, callback: Callback = () => undefined) => {
      const connecting = this.#start(callback);
      const secure = (socket: Socket): void => {
        if (kind === "plain") connecting.done(socket);
        // The agent's own way to TLS keeps sessions, so that the next handshake is shorter.
        else {
          const overSocket = { ...options, socket };
          this.#secure(encrypt(overSocket), connecting);
        }
      };
      const port = Number(options.port) || (kind === "tls" ? 443 : 80);
      const target = { host: options.host ?? "localhost", port };
      if (tunnel === undefined) this.#race(target, connecting, secure);
      else if (tunnel.protocol.startsWith("socks")) {
        this.#throughSocks(tunnel, target, connecting, secure);
      } else this.#tunnel(tunnel, target, connecting, secure);
      return undefined;
    };
  }

  /** Gives up all connections that are not made yet. */
  close(): void {
    for (const giveUp of this.#underWay) giveUp();
  }

  #start(callback: Callback): Connecting {
    const connecting = new Connecting(callback, this.#limitMs, () => {
      this.#underWay.delete(giveUp);
    });
    const giveUp = (): void => {
      connecting.fail(new Error("the client was closed"));
    };
    this.#underWay.add(giveUp);
    return connecting;
  }

  #race(
    target: { readonly host: string; readonly port: number },
    connecting: Connecting,
    onSocket: (socket: Socket) => void,
  ): void {
    connecting.undo = race({ ...target, lookup: this.#lookup }, (error, socket) => {
      if (socket === undefined) connecting.fail(error ?? new Error("not connected"));
      else {
        connecting.undo = () => socket.destroy();
        onSocket(socket);
      }
    });
  }

  #secure(connection: Duplex | null | undefined, connecting: Connecting): void {
    if (!connection) {
      connecting.fail(new Error("no connection for TLS"));
      return;
    }
    const onError = (error: Error): void => {
      connecting.fail(error);
    };
    connecting.undo = () => connection.destroy();
    connection.once("error", onError);
    connection.once("secureConnect", () => {
      connection.off("error", onError);
      connecting.done(connection);
    });
  }

  /** Asks a SOCKS proxy for a connection to the target. */
  #throughSocks(
    proxy: URL,
    target: { readonly host: string; readonly port: number },
    connecting: Connecting,
    onSocket: (socket: Socket) => void,
  ): void {
    const fail = (error: unknown): void => {
      connecting.fail(types.isNativeError(error) ? error : new ProxyError(String(error)));
    };
    const nearEnd = { host: withoutBrackets(proxy.hostname), port: Number(proxy.port) || 1080 };
    this.#race(nearEnd, connecting, (socket) => {
      socket.once("error", fail);
      const ask = async (): Promise<Socket> => {
        // Few have such a proxy, and the others need not load what speaks to it.
        const { connectThrough } = await import("./socks.js");
        return await connectThrough(proxy, socket, target, this.#lookup, this.#limitMs);
      };
      ask().then((connected) => {
        socket.off("error", fail);
        onSocket(connected);
      }, fail);
    });
  }

  /** Asks a proxy to let us through to the target. */
  #tunnel(
    proxy: URL,
    { host, port }: { readonly host: string; readonly port: number },
    connecting: Connecting,
    onSocket: (socket: Socket) => void,
  ): void {
    const usesTls = proxy.protocol === "https:";
    const proxyHost = withoutBrackets(proxy.hostname);
    const nearEnd = { host: proxyHost, port: Number(proxy.port) || (usesTls ? 443 : 80) };
    const path = `${host.includes(":") ? `[${host}]` : host}:${port}`;
    const auth = credentialsOf(proxy);
    this.#race(nearEnd, connecting, (plain) => {
      const ask: ClientRequest = httpRequest({
        method: "CONNECT",
        path,
        headers: {
          Host: path,
          ...(auth === undefined ? {} : { "Proxy-Authorization": basic(auth) }),
        },
        createConnection: () =>
          usesTls
            ? process.getBuiltinModule("node:tls").connect({
                ...this.#tls,
                socket: plain,
                servername: isIP(proxyHost) === 0 ? proxyHost : "",
              })
            : plain,
      });
      ask.once("connect", (response, socket: Socket) => {
        if (response.statusCode === 200) onSocket(socket);
        else connecting.fail(new ProxyError(`proxy ${proxy.host}: HTTP ${response.statusCode}`));
      });
      ask.once("error", (error) => {
        connecting.fail(new ProxyConnectionError(error));
      });
      ask.end();
    });
  }
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, "");
}

/** Writes credentials as `Authorization` has them. */
export function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString("base64")}`;
}

/** A connection that is not made yet: it ends once, whatever comes first. */
class Connecting {
  /** Takes back what was begun. */
  undo: () => void = () => undefined;
  readonly #callback: Callback;
  readonly #onEnd: () => void;
  readonly #timer: NodeJS.Timeout;
  #isOver = false;

  constructor(callback: Callback, limitMs: number, onEnd: () => void) {
    this.#callback = callback;
    this.#onEnd = onEnd;
    this.#timer = setTimeout(() => {
      this.fail(new ConnectTimeoutError());
    }, limitMs);
  }

  done(connection: Duplex): void {
    if (this.#end()) this.#callback(null, connection);
  }

  fail(error: Error): void {
    if (!this.#end()) return;
    this.undo();
    // Node takes an error alone, whatever its types say.
    Reflect.apply(this.#callback, undefined, [error]);
  }

  #end(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#onEnd();
    return true;
  }
}
