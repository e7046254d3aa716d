import type { Agent, IncomingMessage } from "node:http";
import { urlToHttpOptions } from "node:url";
import { AxiosError, AxiosHeaders, CanceledError, type AxiosAdapter } from "axios";
import { credentialsOf } from "../shared/mask-secrets.js";
import { basic } from "./connector.js";
import type { RequestTrace } from "./request-trace.js";

/** What goes out through a {@link directAdapter}. */
export interface DirectRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly agent: Agent;
  readonly trace: RequestTrace;
  /** Called when the request is over, with its body. */
  readonly onClose: () => void;
  /** Where the request goes instead, with the whole address in it; not there for a tunnel, which the agent makes. */
  readonly proxy?: URL | undefined;
}

/**
 * Makes an adapter for axios that sends one GET straight through node:http, and answers as soon as the headers are
 * there: what is not wanted need not be read, and what is need not be held in memory.
 *
 * Axios' own adapter can do much that is of no use here (redirects, uploads, decompression), and takes its time for it.
 * The headers of the request do not go through axios, which looks at each of them several times.
 */
export function directAdapter(outgoing: DirectRequest): AxiosAdapter {
  const { trace, onClose } = outgoing;
  return (config) =>
    new Promise((resolve, reject) => {
      const { signal, timeout = 0 } = config;
      const onAbort = (): void => {
        reject(new CanceledError(undefined, config, request));
        request.destroy();
      };
      const onResponse = (response: IncomingMessage): void => {
        // Node's names are in lower case and its values without blanks around: nothing is left to put in order.
        const headers: AxiosHeaders = Object.assign(new AxiosHeaders(), response.headers);
        resolve({
          data: response,
          status: response.statusCode ?? 0,
          statusText: response.statusMessage ?? "",
          headers,
          config,
          request,
        });
      };
      const request = trace.request(optionsOf(outgoing), timeout, onResponse);
      request.on("error", (error) => {
        reject(AxiosError.from(error, undefined, config, request));
      });
      // After the headers, too: then it breaks the body off.
      signal?.addEventListener?.("abort", onAbort);
      request.once("close", () => {
        signal?.removeEventListener?.("abort", onAbort);
        onClose();
      });
      request.end();
    });
}

function optionsOf({
  url,
  headers,
  agent,
  proxy,
}: DirectRequest): Parameters<RequestTrace["request"]>[0] {
  const common = { method: "GET", headers, agent } as const;
  if (proxy === undefined) return { ...urlToHttpOptions(url), ...common };
  const target = new URL(url);
  const [ours, theirs] = [credentialsOf(target), credentialsOf(proxy)];
  target.username = "";
  target.password = "";
  return {
    ...common,
    protocol: proxy.protocol,
    hostname: proxy.hostname.replace(/^\[|\]$/g, ""),
    port: proxy.port,
    path: target.href,
    headers: {
      Host: target.host,
      ...(ours === undefined ? {} : { Authorization: basic(ours) }),
      ...(theirs === undefined ? {} : { "Proxy-Authorization": basic(theirs) }),
      ...headers,
    },
  };
}
