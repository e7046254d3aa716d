import type { Agent } from "node:http";
import type { RequestOptions } from "node:https";
import { credentialsOf } from "../shared/mask-secrets.js";
import { basic } from "./connector.js";
import { isTunnel, proxyFor } from "./proxy.js";
import { headersToSend, mergedHeaders, type RequestHeaders } from "./request-headers.js";
import type { Slots } from "./slots.js";

/** More than any honest server sends; Node's own limit of 16 KiB is met by cookies. */
const MAX_HEADER_BYTES = 256 * 1024;

/** Without compression, so that Content-Length is the length of the GIF. */
const HEADERS = {
  "User-Agent": "concur-flags",
  Accept: "image/gif",
  "Accept-Encoding": "identity",
};

/** What an origin needs of its client. */
export interface OriginClient {
  readonly idleTimeoutMs: number;
  readonly headers: RequestHeaders;
  readonly proxy: string | undefined;
  agentFor(protocol: string, tunnel?: URL): Agent;
  newAgent(protocol: string, tunnel?: URL): Agent;
}

/** What is the same for all requests of a client to one server, and is found once. */
export class Origin {
  readonly slots: Slots;
  /** The proxy on the way to the server. */
  readonly proxy: URL | undefined;
  readonly #client: OriginClient;
  readonly #protocol: string;
  /** The proxy that sees each request; there is none where it is a tunnel, in which nobody can read along. */
  readonly #near: URL | undefined;
  readonly #hostname: string;
  readonly #port: string;
  readonly #host: string;
  /** Of requests that ask for nothing special: nearly all do that in the same words. */
  readonly #usual = new WeakMap<RequestHeaders, readonly string[]>();

  /** @throws {ProxyError} When the proxy is none that could be used. */
  constructor(url: URL, client: OriginClient, slots: Slots) {
    this.#client = client;
    this.slots = slots;
    this.proxy = proxyFor(url, client.proxy);
    this.#near = this.proxy === undefined || isTunnel(this.proxy, url) ? undefined : this.proxy;
    const { protocol, hostname, port } = this.#near ?? url;
    this.#protocol = protocol;
    this.#hostname = hostname.replace(/^\[|\]$/g, "");
    this.#port = port;
    this.#host = url.host;
  }

  /** Kept connections to the server, or to what is in its place. */
  get agent(): Agent {
    return this.#client.agentFor(this.#protocol, this.#tunnel);
  }

  /** Makes connections for one request. */
  newAgent(): Agent {
    return this.#client.newAgent(this.#protocol, this.#tunnel);
  }

  get #tunnel(): URL | undefined {
    return this.#near === undefined ? this.proxy : undefined;
  }

  /** Gives what node:http needs for a GET. */
  optionsFor(url: URL, headers: readonly string[], agent: Agent): RequestOptions {
    return {
      protocol: this.#protocol,
      hostname: this.#hostname,
      port: this.#port,
      method: "GET",
      path: this.#near === undefined ? url.pathname + url.search : withoutCredentials(url),
      headers,
      agent,
      timeout: this.#client.idleTimeoutMs,
      maxHeaderSize: MAX_HEADER_BYTES,
    };
  }

  /**
   * Gives the headers of the first request for a file, see {@link headerList}.
   *
   * @param asked - What is asked for; when that is an object that was here before, so is the list.
   */
  firstHeaders(url: URL, asked: RequestHeaders): readonly string[] {
    const { headers: given } = this.#client;
    if (url.username !== "" || url.password !== "") return this.headerList(url, asked, given);
    let list = this.#usual.get(asked);
    if (list === undefined) {
      list = this.headerList(url, asked, given);
      this.#usual.set(asked, list);
    }
    return list;
  }

  /**
   * Gives the headers of a request, each name before its value: as a list, node:http takes them as they are, and a name
   * several times.
   *
   * @param layers - Go over our own, and later ones over earlier ones.
   */
  headerList(url: URL, ...layers: readonly RequestHeaders[]): readonly string[] {
    const ours = credentialsOf(url);
    const theirs = this.#near === undefined ? undefined : credentialsOf(this.#near);
    const all = mergedHeaders(
      { Host: this.#host },
      ours === undefined ? {} : { Authorization: basic(ours) },
      theirs === undefined ? {} : { "Proxy-Authorization": basic(theirs) },
      headersToSend(mergedHeaders(HEADERS, ...layers)),
    );
    return Object.entries(all).flatMap(([name, values]) =>
      typeof values === "string" ? [name, values] : values.flatMap((value) => [name, value]),
    );
  }
}

function withoutCredentials(url: URL): string {
  const target = new URL(url);
  target.username = "";
  target.password = "";
  return target.href;
}
