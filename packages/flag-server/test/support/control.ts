import { request, type OutgoingHttpHeaders } from "node:http";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

export interface ControlAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

interface ControlAsk {
  readonly method?: string;
  readonly body?: string | Buffer;
  readonly headers?: OutgoingHttpHeaders;
}

/** Sends one request to the control listener. A body is sent as JSON unless the headers say otherwise. */
export async function askControl(
  controlUrl: string | undefined,
  path: string,
  { method = "GET", body, headers = {} }: ControlAsk = {},
): Promise<ControlAnswer> {
  const type = body === undefined ? {} : { "Content-Type": "application/json" };
  const outgoing = request(controlUrl ?? "", {
    method,
    path: `/${path}`,
    headers: { ...type, ...headers },
    agent: false,
  });
  // A server that refuses a body may close before all of it is sent.
  outgoing.on("error", () => undefined);
  outgoing.end(body);
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    text: await text(incoming),
  };
}

/** The same, with the reply read as JSON. */
export async function controlJson(
  controlUrl: string | undefined,
  path: string,
  ask?: ControlAsk,
): Promise<{ readonly status: number; readonly value: unknown }> {
  const answer = await askControl(controlUrl, path, ask);
  return { status: answer.status, value: JSON.parse(answer.text) };
}
