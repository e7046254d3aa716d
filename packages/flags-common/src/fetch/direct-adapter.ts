import type { Agent, IncomingMessage } from "node:http";
import { urlToHttpOptions } from "node:url";
import axios, { AxiosError, AxiosHeaders, CanceledError, type AxiosAdapter } from "axios";
import type { RequestTrace } from "./request-trace.js";

/** The variables in which axios looks for a proxy, in lower case. */
const PROXY_VARIABLES = ["http_proxy", "https_proxy", "all_proxy"];

/** Whether the environment names a proxy at all; which addresses it is for, only axios' own adapter knows. */
export function hasProxyInEnvironment(env: NodeJS.ProcessEnv = process.env): boolean {
  return PROXY_VARIABLES.some((name) => Boolean(env[name]) || Boolean(env[name.toUpperCase()]));
}

/** What goes out through a {@link directAdapter}. */
export interface DirectRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly agent: Agent;
  readonly trace: RequestTrace;
}

/**
 * Makes an adapter for axios that sends one GET straight through node:http, to where no proxy is in between.
 *
 * Axios' own adapter can do much that is of no use here (redirects, uploads, decompression, streams, proxies), and
 * takes its time for it. What it does for us is done here as well: the limits for the size and for the time
 * without data, and the signal. The headers of the request do not go through axios, which looks at each of them
 * several times.
 */
export function directAdapter({ url, headers, agent, trace }: DirectRequest): AxiosAdapter {
  return (config) =>
    new Promise((resolve, reject) => {
      const { signal, timeout = 0, maxContentLength = -1 } = config;
      const fail = (error: Error): void => {
        signal?.removeEventListener?.("abort", onAbort);
        reject(error);
        request.destroy();
      };
      const onError = (error: Error): void => {
        fail(AxiosError.from(error, undefined, config, request));
      };
      const onAbort = (): void => {
        fail(new CanceledError(undefined, config, request));
      };
      const collect = (response: IncomingMessage): void => {
        const chunks: Buffer[] = [];
        let byteLength = 0;
        response.on("data", (chunk: Buffer) => {
          byteLength += chunk.length;
          chunks.push(chunk);
          if (maxContentLength >= 0 && byteLength > maxContentLength) {
            const message = `maxContentLength size of ${maxContentLength} exceeded`;
            fail(new AxiosError(message, AxiosError.ERR_BAD_RESPONSE, config, request));
          }
        });
        // A body that breaks off has no end.
        response.once("error", onError);
        response.once("end", () => {
          signal?.removeEventListener?.("abort", onAbort);
          // Node's names are in lower case and its values without blanks around: nothing is left to put in order.
          const headers: AxiosHeaders = Object.assign(new AxiosHeaders(), response.headers);
          resolve({
            data: chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, byteLength),
            status: response.statusCode ?? 0,
            statusText: response.statusMessage ?? "",
            headers,
            config,
            request,
          });
        });
      };
      const request = trace.request(
        {
          ...urlToHttpOptions(url),
          method: "GET",
          headers: { "User-Agent": `axios/${axios.VERSION}`, ...headers },
          agent,
        },
        collect,
      );
      request.on("error", onError);
      request.setTimeout(timeout, () => {
        const message = `timeout of ${timeout}ms exceeded`;
        fail(new AxiosError(message, AxiosError.ETIMEDOUT, config, request));
      });
      signal?.addEventListener?.("abort", onAbort);
      request.end();
    });
}
