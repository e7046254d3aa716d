import type { ServerResponse } from "node:http";

import type { Connection } from "../connection.js";
import type { PendingDelays } from "../pending-delays.js";
import { withFields } from "../response-fields.js";
import type { Delivery } from "./delivery.js";

/** What a delivery tells the one who ordered it. */
interface DeliveryEvents {
  /** Called right before the last byte goes out, and at most once. */
  readonly onLast: () => void;
  /** Called for bytes of a body that were handed to the connection. */
  readonly onBytes: (bytes: number) => void;
}

/** What a delivery needs beside its connection. */
export interface DeliveryContext extends DeliveryEvents {
  readonly connection: Connection;
  readonly response: ServerResponse;
  /** The response that has to be out before this one may be, if there is one. */
  readonly previous: ServerResponse | undefined;
  readonly method: string;
  /** Time between the head and the body, in milliseconds. */
  readonly bodyDelayMs: number;
  readonly delays: PendingDelays;
  readonly isDraining: () => boolean;
}

/** Silence ends with the client or the server, not with a timer; this is the longest that Node has. */
const FOR_EVER_MS = 2 ** 31 - 1;

/** A reset that arrives along with bytes is a good end to a client on libuv, which reads the bytes and no more. */
const RESET_GAP_MS = 20;

/** Sends a reply in whatever way was planned. */
export function deliver(delivery: Delivery, context: DeliveryContext): void {
  const { connection, response } = context;
  if (connection.closed) return;
  if (delivery.kind === "wire") {
    inTurn(context, () => {
      sendRaw(delivery, context);
    });
    return;
  }
  if (delivery.kind === "interim") {
    inTurn(context, () => {
      sendInterim(delivery, delivery.times, context);
    });
    return;
  }
  // Without this a connection that just had its reply would stay open until its idle timeout.
  if (context.isDraining()) response.setHeader("Connection", "close");
  response.writeHead(delivery.reply.status, delivery.reply.headers);
  if (delivery.kind === "reply" && delivery.trailers !== undefined) {
    response.addTrailers(withFields({}, delivery.trailers));
  }
  const body = context.method === "HEAD" ? undefined : delivery.reply.body;
  const pieces = delivery.kind === "drip" && body !== undefined ? delivery : undefined;
  if (pieces === undefined && context.bodyDelayMs === 0) {
    context.onLast();
    context.onBytes(body?.length ?? 0);
    response.end(body);
    return;
  }
  response.flushHeaders();
  const sendBody = (): void => {
    sendPieces(body ?? Buffer.alloc(0), pieces?.bytes ?? Infinity, pieces?.everyMs ?? 0, context);
  };
  wait(context, context.bodyDelayMs, sendBody);
}

/** Writes to the connection itself, once the replies to earlier requests are out. */
function inTurn({ connection, response, previous }: DeliveryContext, write: () => void): void {
  const send = (): void => {
    if (!connection.closed) write();
  };
  if (response.socket !== null || previous === undefined) send();
  else previous.once("close", send);
}

function sendInterim(
  delivery: Extract<Delivery, { readonly kind: "interim" }>,
  times: number,
  context: DeliveryContext,
): void {
  if (times === 0) {
    deliver({ kind: "reply", reply: delivery.reply }, context);
    return;
  }
  context.connection.stream.write(delivery.head, "latin1");
  wait(context, delivery.everyMs, () => {
    sendInterim(delivery, times - 1, context);
  });
}

function sendPieces(body: Buffer, bytes: number, everyMs: number, context: DeliveryContext): void {
  const { response, delays } = context;
  // A server that stops has no time for pieces.
  const size = delays.isOver ? Infinity : bytes;
  const piece = body.subarray(0, size);
  const rest = body.subarray(piece.length);
  if (rest.length === 0) context.onLast();
  context.onBytes(piece.length);
  if (rest.length === 0) {
    response.end(piece);
    return;
  }
  response.write(piece);
  wait(context, everyMs, () => {
    sendPieces(rest, bytes, everyMs, context);
  });
}

function sendRaw(
  { head, body, ending }: Extract<Delivery, { readonly kind: "wire" }>,
  context: DeliveryContext,
): void {
  const { socket, stream } = context.connection;
  const finish = (): void => {
    if (ending === "hang") {
      wait(context, FOR_EVER_MS, () => socket.destroy());
      return;
    }
    context.onLast();
    if (ending === "close") {
      stream.destroySoon();
      return;
    }
    wait(context, head === "" ? 0 : RESET_GAP_MS, () => socket.resetAndDestroy());
  };
  const sendBody = (): void => {
    context.onBytes(body.length);
    // Not before the bytes are with the system: a reset throws away what is still in Node.
    if (body.length > 0) stream.write(body, finish);
    else finish();
  };
  if (head === "") {
    finish();
  } else if (context.bodyDelayMs > 0 || body.length === 0) {
    stream.write(head, "latin1", () => {
      wait(context, context.bodyDelayMs, sendBody);
    });
  } else {
    stream.cork();
    stream.write(head, "latin1");
    sendBody();
    stream.uncork();
  }
}

/** Goes on after a time, unless the client has left by then. */
export function wait(
  { connection, delays }: Pick<DeliveryContext, "connection" | "delays">,
  ms: number,
  then: () => void,
): void {
  if (ms === 0) {
    then();
    return;
  }
  const forget = connection.onceClosed(() => {
    callOff();
  });
  const callOff = delays.hold(ms, () => {
    forget();
    then();
  });
}
