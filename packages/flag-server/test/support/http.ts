import { once } from "node:events";
import {
  request,
  type Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from "node:http";
import { connect, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Ask {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly agent?: Agent | false;
}

/** Sends one request; without an agent on a connection of its own. */
export async function ask(
  url: string,
  { method = "GET", headers = {}, agent = false }: Ask = {},
): Promise<Answer> {
  const outgoing = request(url, { method, headers, agent });
  // A connection that is cut in the middle of the body is an error of both; the body's is the one that counts.
  outgoing.on("error", () => undefined);
  outgoing.end();
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  const { statusCode: status = 0, headers: received } = incoming;
  return { status, headers: received, body: await buffer(incoming) };
}

/** Opens a plain connection and, if given, writes to it. */
export async function openSocket(port: number, text = ""): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  // Being cut off is what many of these tests wait for.
  socket.on("error", () => undefined);
  await once(socket, "connect");
  if (text !== "") socket.write(text);
  return socket;
}

/** Reads all that the server sends until it closes the connection. */
export async function readToEnd(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  // Not once() of node:events: it rejects when the connection is reset, which ends it as well.
  if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
  return Buffer.concat(chunks).toString("latin1");
}

/** Calls `work` for each item, at most `width` at a time. */
export async function forEachAtOnce<Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const lanes = Array.from({ length: width }, async () => {
    for (const item of queue) await work(item);
  });
  await Promise.all(lanes);
}

/** The 676 paths that a client asks for when it tries every two letters. */
export function everyFlagPath(): string[] {
  const letters = "abcdefghijklmnopqrstuvwxyz".split("");
  return letters.flatMap((one) => letters.map((two) => `/${one}${two}/${one}${two}.gif`));
}
